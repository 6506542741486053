//! The machine of one allocation; its states are drawn in the parent module.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{
    AllocId, AllocUpdate, ClientStatus, Job, Name, Nanos, NetworkStatus, RunState, TaskEventKind, TaskState,
    Timestamp,
};

use super::stopping::{Hold, stop};
use super::{Action, AllocRules, Event};
use crate::Phase;
use crate::health::{HealthInput, HealthMachine, Unhealthy};
use crate::hook_order::may_start;
use crate::offer::{CheckTrack, Offer};
use crate::reattach::{Found, Recorded, RecordedTask, reattach};
use crate::restart::RestartWindow;
use crate::task::{self, StopCause, TaskMachine};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Preparing,
    Running,
    Over,
    Removed,
}

/// Servers never give a node up that was silent for less than this.
const GIVEN_UP: Nanos = Nanos::from_secs(2);

/// The machine of one allocation.
#[derive(Debug, Clone)]
pub struct AllocMachine {
    pub(super) rules: AllocRules,
    pub(super) stage: Stage,
    pub(super) tasks: Vec<TaskMachine>,
    health: Option<HealthMachine>,
    network: Option<NetworkStatus>,
    failure: Option<Name>,
    pub(super) stop: Option<bool>,
    pub(super) hold: Hold,
    pub(super) forgotten: bool,
    disconnected_at: Option<Timestamp>,
    /// The checks that run, and what they found.
    pub(super) checks: BTreeMap<Name, CheckTrack>,
    reported: Option<AllocUpdate>,
    wake_at: Option<Timestamp>,
}

impl AllocMachine {
    /// An allocation that was just assigned, and what to do first.
    #[must_use]
    pub fn new(now: Timestamp, rules: AllocRules) -> (Self, Vec<Action>) {
        let tasks = rules.tasks().into_iter().map(|task| TaskMachine::new(now, task)).collect();
        let health = rules.health(now);
        let mut machine = Self::with_tasks(rules, Stage::Preparing, tasks, health);
        let mut actions = vec![Action::Prepare];
        machine.report(&mut actions);
        machine.wake(&mut actions);
        (machine, actions)
    }

    /// An allocation that an earlier agent ran, and what to do first. `found` says what the drivers found of
    /// each task that had a handle; tasks that are not in it had none.
    #[must_use]
    pub fn restore(
        now: Timestamp,
        rules: AllocRules,
        mut recorded: Recorded,
        mut found: BTreeMap<Name, Found>,
    ) -> (Self, Vec<Action>) {
        let mut actions = Vec::new();
        let (mut started, mut rebooted) = (false, false);
        let mut tasks = Vec::new();
        for task in rules.tasks() {
            let name = task.name.clone();
            let state = recorded.tasks.remove(&name).unwrap_or_else(TaskState::pending);
            let found = found.remove(&name).unwrap_or(Found::NoHandle);
            rebooted |= matches!(found, Found::Lost { rebooted: true, .. });
            started |= state.state != RunState::Pending || found != Found::NoHandle;
            let recorded = RecordedTask { state, restarts: recorded.restarts.remove(&name) };
            let (machine, first) = reattach(now, task, recorded, found);
            actions.extend(first.into_iter().map(|action| Action::Task { task: name.clone(), action }));
            tasks.push(machine);
        }
        let health = rules.health(now);
        // Mounts and networks do not survive the host.
        let stage = if started && !rebooted { Stage::Running } else { Stage::Preparing };
        let mut machine = Self::with_tasks(rules, stage, tasks, health);
        if stage == Stage::Preparing {
            actions.push(Action::Prepare);
        }
        machine.advance(now, &mut actions);
        (machine, actions)
    }

    fn with_tasks(
        rules: AllocRules,
        stage: Stage,
        tasks: Vec<TaskMachine>,
        health: Option<HealthMachine>,
    ) -> Self {
        Self {
            rules,
            stage,
            tasks,
            health,
            network: None,
            failure: None,
            stop: None,
            hold: Hold::NotYet,
            forgotten: false,
            disconnected_at: None,
            checks: BTreeMap::new(),
            reported: None,
            wake_at: None,
        }
    }

    /// Its id.
    #[must_use]
    pub const fn id(&self) -> AllocId {
        self.rules.id
    }

    /// Whether all its tasks are dead and cleaned up.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Over | Stage::Removed)
    }

    /// The machine of a task.
    #[must_use]
    pub fn task(&self, name: &str) -> Option<&TaskMachine> {
        self.tasks.iter().find(|task| &*task.rules().name == name)
    }

    /// What was last reported.
    #[must_use]
    pub const fn reported(&self) -> Option<&AllocUpdate> {
        self.reported.as_ref()
    }

    /// The restarts of its tasks that still count, for the next agent.
    #[must_use]
    pub fn restart_windows(&self) -> BTreeMap<Name, RestartWindow> {
        let window = |task: &TaskMachine| Some((task.rules().name.clone(), task.restart_window()?));
        self.tasks.iter().filter_map(window).collect()
    }

    /// Takes one event and says what to do.
    #[must_use]
    pub fn handle(&mut self, now: Timestamp, event: Event) -> Vec<Action> {
        let mut actions = Vec::new();
        if self.stage == Stage::Removed {
            return actions;
        }
        match event {
            Event::Prepared { network } => {
                if self.stage == Stage::Preparing {
                    self.stage = Stage::Running;
                    self.network = network;
                }
            }
            Event::PrepareFailed { message } => {
                if self.stage == Stage::Preparing {
                    self.stage = Stage::Running;
                    self.prepare_failed(now, message, &mut actions);
                }
            }
            Event::Task { task, event } => self.tell_task(now, &task, event, &mut actions),
            Event::Stop { no_shutdown_delay } => {
                self.stop = Some(no_shutdown_delay || self.stop == Some(true));
            }
            Event::Update { job, in_deployment, offers } => self.update(now, job, in_deployment, offers),
            Event::Restart { task, reason } => self.restart(now, task.as_ref(), &reason, &mut actions),
            Event::Checked { check, passing } => self.checked(now, &check, passing, &mut actions),
            Event::Disconnected(lost) => {
                // Servers that gave the node up have forgotten its services.
                if !lost
                    && !self.rules.offers.is_empty()
                    && self.disconnected_at.is_some_and(|since| now.since(since) >= GIVEN_UP)
                {
                    self.reported = None;
                }
                self.disconnected_at = lost.then(|| self.disconnected_at.unwrap_or(now))
            }
            Event::Forget => {
                self.forgotten = true;
                self.stop = Some(true);
            }
            Event::Tick => {
                self.wake_at = None;
                let due: Vec<Name> = self
                    .tasks
                    .iter()
                    .filter(|task| task.wake_at().is_some_and(|at| at <= now))
                    .map(|task| task.rules().name.clone())
                    .collect();
                for task in due {
                    self.tell_task(now, &task, task::Event::Tick, &mut actions);
                }
            }
        }
        self.advance(now, &mut actions);
        actions
    }

    pub(super) fn tell_task(
        &mut self,
        now: Timestamp,
        name: &Name,
        event: task::Event,
        actions: &mut Vec<Action>,
    ) {
        let Some(task) = self.tasks.iter_mut().find(|task| task.rules().name == *name) else { return };
        let follow = task.handle(now, event);
        actions.extend(follow.into_iter().map(|action| Action::Task { task: name.clone(), action }));
    }

    fn prepare_failed(&mut self, now: Timestamp, message: Name, actions: &mut Vec<Action>) {
        self.failure = Some(message.clone());
        let names: Vec<Name> = self.tasks.iter().map(|task| task.rules().name.clone()).collect();
        for name in names {
            let note = task::Event::Note(TaskEventKind::SetupFailure { message: message.clone() });
            self.tell_task(now, &name, note, actions);
            self.tell_task(now, &name, stop(StopCause::Requested, true), actions);
        }
    }

    fn update(&mut self, now: Timestamp, job: Arc<Job>, in_deployment: bool, offers: Vec<Offer>) {
        let renewed = self.rules.job.version != job.version || self.rules.in_deployment != in_deployment;
        self.rules.job = job;
        self.rules.in_deployment = in_deployment;
        self.rules.offers = offers;
        if renewed {
            self.health = self.rules.health(now);
        }
        for rules in self.rules.tasks() {
            if let Some(task) = self.tasks.iter_mut().find(|task| task.rules().name == rules.name) {
                task.set_rules(rules);
            }
        }
    }

    fn restart(&mut self, now: Timestamp, task: Option<&Name>, reason: &Name, actions: &mut Vec<Action>) {
        let names: Vec<Name> = self
            .tasks
            .iter()
            .map(|machine| machine.rules().name.clone())
            .filter(|name| task.is_none_or(|task| task == name))
            .collect();
        for name in names {
            self.tell_task(now, &name, task::Event::Restart { reason: reason.clone() }, actions);
        }
    }

    /// Brings the allocation as far as it can go now, and says so.
    fn advance(&mut self, now: Timestamp, actions: &mut Vec<Action>) {
        if self.stop_after().is_some_and(|at| at <= now) {
            self.stop = Some(self.stop.unwrap_or(false));
        }
        if self.stage == Stage::Running || self.stop.is_some() {
            self.stop_tasks(now, actions);
        }
        if self.stage == Stage::Running {
            self.start_tasks(now, actions);
        }
        // What is being prepared can only be undone when it is done.
        if self.stage == Stage::Running && self.tasks.iter().all(TaskMachine::is_dead) {
            self.stage = Stage::Over;
            actions.push(Action::Cleanup);
        }
        self.run_checks(actions);
        self.decide_health(now);
        self.report(actions);
        if self.stage == Stage::Over && self.forgotten {
            self.stage = Stage::Removed;
            actions.push(Action::Remove);
            return;
        }
        self.wake(actions);
    }

    fn start_tasks(&mut self, now: Timestamp, actions: &mut Vec<Action>) {
        let stopping = self.stop_cause().is_some();
        let ready: Vec<Name> = self
            .tasks
            .iter()
            .filter(|task| task.is_waiting() && (!stopping || task.rules().phase == Phase::Poststop))
            .filter(|task| {
                let all = self.tasks.iter().map(|task| (task.rules().phase, task.state()));
                may_start(task.rules().phase, all)
            })
            .map(|task| task.rules().name.clone())
            .collect();
        for name in ready {
            self.tell_task(now, &name, task::Event::Start, actions);
        }
    }

    fn decide_health(&mut self, now: Timestamp) {
        if self.stop.is_some() {
            return;
        }
        let input = HealthInput {
            all_running: self.stage == Stage::Running && self.tasks.iter().all(is_up),
            any_failed: self.failure.is_some() || self.tasks.iter().any(|task| task.state().failed),
            restarts: self.tasks.iter().map(|task| task.state().restarts).sum(),
            checks_pass: self.checks_pass(),
        };
        let Some(health) = &mut self.health else { return };
        if health.look(now, input) != Some(Unhealthy::Deadline) {
            return;
        }
        let rules = health.rules();
        let what = if input.all_running { "Checks not passing" } else { "Task not running" };
        let message = Name::from(format!(
            "{what} for min_healthy_time of {} by healthy_deadline of {}",
            rules.min_healthy, rules.deadline
        ));
        for task in self.tasks.iter_mut().filter(|task| input.all_running || !is_up(task)) {
            task.record(now, TaskEventKind::AllocUnhealthy { message: message.clone() });
        }
    }

    /// The end of what the job tolerates without servers.
    fn stop_after(&self) -> Option<Timestamp> {
        let allowed = self.rules.task_group()?.disconnect.as_ref()?.stop_on_client_after?;
        Some(self.disconnected_at? + allowed)
    }

    fn status(&self) -> (ClientStatus, Name) {
        let all_dead = self.tasks.iter().all(TaskMachine::is_dead);
        if let Some(failure) = self.failure.as_ref().filter(|_| all_dead) {
            return (ClientStatus::Failed, failure.clone());
        }
        let any = |state: RunState| self.tasks.iter().any(|task| task.state().state == state);
        let (status, text) = if all_dead && self.tasks.iter().any(|task| task.state().failed) {
            (ClientStatus::Failed, "Failed tasks")
        } else if all_dead {
            (ClientStatus::Complete, "All tasks have completed")
        } else if any(RunState::Running) {
            (ClientStatus::Running, "Tasks are running")
        } else {
            (ClientStatus::Pending, "No tasks have started")
        };
        (status, Name::from(text))
    }

    fn report(&mut self, actions: &mut Vec<Action>) {
        let (status, description) = self.status();
        let tasks = self.tasks.iter().map(|task| (task.rules().name.clone(), task.state().clone())).collect();
        let update = AllocUpdate {
            id: self.rules.id,
            status,
            description,
            tasks,
            healthy: self.health.as_ref().and_then(HealthMachine::decided),
            network: self.network.clone(),
            services: self.instances(),
        };
        if self.reported.as_ref() != Some(&update) {
            self.reported = Some(update.clone());
            actions.push(Action::Report(Box::new(update)));
        }
    }

    fn wake(&mut self, actions: &mut Vec<Action>) {
        let health = self
            .health
            .as_ref()
            .filter(|_| self.stop.is_none() && !self.is_over())
            .and_then(HealthMachine::wake_at);
        let stop = self.stop_after().filter(|_| self.stop.is_none());
        let hold = if let Hold::Until(at) = self.hold { Some(at) } else { None };
        let waits = health.into_iter().chain(stop).chain(hold);
        let next = self.tasks.iter().filter_map(TaskMachine::wake_at).chain(waits).min();
        if let Some(at) = next
            && self.wake_at != Some(at)
        {
            self.wake_at = Some(at);
            actions.push(Action::WakeAt(at));
        }
    }
}

/// Whether a task is as it should be in a healthy allocation.
fn is_up(task: &TaskMachine) -> bool {
    let state = task.state();
    match task.rules().phase {
        Phase::Main | Phase::PrestartSidecar | Phase::PoststartSidecar => state.state == RunState::Running,
        Phase::Prestart => state.successful(),
        Phase::Poststart => state.successful() || state.state == RunState::Running,
        Phase::Poststop => true,
    }
}
