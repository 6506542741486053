//! A server with one worker on a copy of the state: every proposal is committed at once, and every client does at
//! once what it is told.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use model::{
    Alloc, AllocUpdate, ClientStatus, DesiredStatus, JobKind, Name, Nanos, NodeId, NodeStatus, RunState,
    TaskStates, Timestamp,
};
use scheduler::{Options, schedule};
use state::{Entry, Snapshot, State};

use super::WhatIfError;
use super::hypothesis::Cause;
use crate::plan_queue::CallId;
use crate::server::{Action, Event, Server, ServerOptions};
use crate::worker::{Worker, WorkerAction, WorkerEvent};

/// Events that are handled until the copy has come to rest.
pub const MAX_STEPS: usize = 2_000_000;
/// Rounds in which clients report until nothing is left to report.
pub const MAX_ROUNDS: usize = 10_000;
/// Wishes to be woken are granted that lie no further ahead: steps that follow each other, not delays.
const SOON: Nanos = Nanos::from_millis(100);
/// Reports in one event.
const REPORTS: usize = 1_024;

/// The calls of the only worker, and those of clients, which wait for nothing.
const WORKER: CallId = CallId(1);
const CLIENT: CallId = CallId(2);

enum Step {
    Server(Event),
    Worker(WorkerEvent),
}

/// The copy, and what runs on it.
pub(super) struct Simulation<'a> {
    pub(super) state: Snapshot,
    now: Timestamp,
    start: Timestamp,
    server: Server,
    worker: Worker,
    steps: VecDeque<Step>,
    wake_at: Option<Timestamp>,
    /// Says whether there is time left.
    go_on: &'a dyn Fn() -> bool,
}

impl<'a> Simulation<'a> {
    /// A server that begins to lead on a copy of `state`.
    pub(super) fn new(state: &State, now: Timestamp, seed: u128, go_on: &'a dyn Fn() -> bool) -> Self {
        let mut copy = state.clone();
        if copy.config.pause_eval_broker {
            let config = model::SchedulerConfig { pause_eval_broker: false, ..(*copy.config).clone() };
            copy.config = Arc::new(config);
        }
        let state = Arc::new(copy);
        let leads = Event::BecameLeader { snapshot: Arc::clone(&state), seed };
        Self {
            state,
            now,
            start: now,
            server: Server::new(ServerOptions::default()),
            worker: Worker::default(),
            steps: VecDeque::from([Step::Server(leads), Step::Worker(WorkerEvent::Start)]),
            wake_at: None,
            go_on,
        }
    }

    /// Sets a change off.
    pub(super) fn cause(&mut self, cause: Cause) {
        let step = match cause {
            Cause::Command(command) => self.apply(&Entry { now: self.now, command: *command }).1,
            Cause::Leaves(node) => Step::Server(Event::Leaving { node, back_in: Nanos::ZERO }),
        };
        self.steps.push_back(step);
    }

    /// Carries everything out until nothing more happens.
    ///
    /// # Errors
    /// It does not come to rest, or there is no time left.
    pub(super) fn settle(&mut self) -> Result<(), WhatIfError> {
        let mut handled = 0;
        let mut seen = 0;
        for _ in 0..MAX_ROUNDS {
            while let Some(step) = self.next_step() {
                handled += 1;
                if handled > MAX_STEPS {
                    return Err(WhatIfError::Unbounded("its number of steps"));
                }
                if !(self.go_on)() {
                    return Err(WhatIfError::Unbounded("its time"));
                }
                self.carry_out(step);
            }
            let reports = reports(&self.state, seen, self.now);
            seen = self.state.index;
            if reports.is_empty() {
                return Ok(());
            }
            for (node, mut updates) in reports {
                while !updates.is_empty() {
                    let rest = updates.split_off(updates.len().min(REPORTS));
                    let event = Event::UpdateAllocs { call: CLIENT, node, updates };
                    self.steps.push_back(Step::Server(event));
                    updates = rest;
                }
            }
        }
        Err(WhatIfError::Unbounded("its rounds"))
    }

    fn next_step(&mut self) -> Option<Step> {
        if let Some(step) = self.steps.pop_front() {
            return Some(step);
        }
        let at = self.wake_at.take().filter(|at| *at <= self.start + SOON)?;
        self.now = self.now.max(at);
        Some(Step::Server(Event::Tick))
    }

    fn carry_out(&mut self, step: Step) {
        match step {
            Step::Server(event) => {
                for action in self.server.handle(self.now, event) {
                    self.act(action);
                }
            }
            Step::Worker(event) => {
                for action in self.worker.handle(self.now, event) {
                    self.work(action);
                }
            }
        }
    }

    fn apply(&mut self, entry: &Entry) -> (u64, Step) {
        let mut state = State::clone(&self.state);
        let index = state.index.saturating_sub(state.base) + 1;
        let applied = state.apply(index, entry);
        let index = applied.index;
        self.state = Arc::new(state);
        let event = Event::Applied { snapshot: Arc::clone(&self.state), applied: Arc::new([applied]) };
        (index, Step::Server(event))
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Propose { id, entry } => {
                let (index, applied) = self.apply(&entry);
                let result = Some((index, self.now));
                self.steps.extend([applied, Step::Server(Event::Committed { id, result })]);
            }
            Action::AnswerDequeue { result, .. } => {
                let event = result.map_or(WorkerEvent::DequeueFailed, WorkerEvent::Delivered);
                self.steps.push_back(Step::Worker(event));
            }
            Action::AnswerPlan { result, .. } => {
                self.steps.push_back(Step::Worker(WorkerEvent::Answered(result)));
            }
            Action::Answer { .. } => {}
            Action::WakeAt(at) => self.wake_at = Some(at),
        }
    }

    fn work(&mut self, action: WorkerAction) {
        let step = match action {
            WorkerAction::Dequeue => {
                let (kinds, until) = (JobKind::ALL.to_vec(), self.now + Nanos::from_mins(60 * 24));
                Step::Server(Event::Dequeue { call: WORKER, kinds, local: true, until })
            }
            WorkerAction::AwaitIndex { .. } => Step::Worker(WorkerEvent::CaughtUp),
            WorkerAction::Schedule { eval } => {
                let options = Options { now: self.now, annotate: true, ..Options::default() };
                Step::Worker(match schedule(&self.state, &eval, &options) {
                    Ok(outcome) => WorkerEvent::Scheduled(Box::new(outcome)),
                    Err(error) => WorkerEvent::NotScheduled(error),
                })
            }
            WorkerAction::Submit { token, outcome } => {
                Step::Server(Event::SubmitPlan { call: WORKER, token, outcome })
            }
            WorkerAction::Ack { eval, token } => Step::Server(Event::Ack { call: CLIENT, eval, token }),
            WorkerAction::Nack { eval, token, panic } => {
                Step::Server(Event::Nack { call: CLIENT, eval, token, panic })
            }
            WorkerAction::WakeAt(_) => Step::Worker(WorkerEvent::Start),
        };
        self.steps.push_back(step);
    }
}

/// What clients report of allocations that changed after an index: what is to run runs and is healthy, what is to stop
/// has stopped.
fn reports(state: &State, after: u64, now: Timestamp) -> BTreeMap<NodeId, Vec<AllocUpdate>> {
    let mut reports: BTreeMap<NodeId, Vec<AllocUpdate>> = BTreeMap::new();
    let changed = state.allocs().filter(|alloc| alloc.modify_index > after);
    for alloc in changed.filter(|alloc| !alloc.client_terminal()) {
        let connected = state.node(alloc.node).is_some_and(|node| node.status == NodeStatus::Ready);
        let status = match (alloc.desired, alloc.client) {
            (DesiredStatus::Run, ClientStatus::Pending) => ClientStatus::Running,
            (DesiredStatus::Run, ClientStatus::Running) if is_watched(state, alloc) => ClientStatus::Running,
            (DesiredStatus::Run, _) => continue,
            (DesiredStatus::Stop | DesiredStatus::Evict, _) => ClientStatus::Complete,
        };
        if connected {
            reports.entry(alloc.node).or_default().push(report(alloc, status, now));
        }
    }
    reports
}

/// Whether a deployment, or the drain of a service, waits for word of an allocation's health.
fn is_watched(state: &State, alloc: &Alloc) -> bool {
    let active = state.deployment(alloc.deployment).is_some_and(|deployment| deployment.status.is_active());
    let waited_for = active || alloc.job.kind() == JobKind::Service;
    waited_for && alloc.health.and_then(|health| health.healthy).is_none()
}

fn report(alloc: &Alloc, status: ClientStatus, now: Timestamp) -> AllocUpdate {
    let running = status == ClientStatus::Running;
    let names = alloc.task_group().into_iter().flat_map(|group| &group.tasks);
    let mut tasks: TaskStates = names
        .map(|task| {
            let known = alloc.tasks.get(task.name.as_str()).cloned();
            (Name::from(task.name.as_str()), known.unwrap_or_else(model::TaskState::pending))
        })
        .collect();
    for task in tasks.values_mut() {
        task.state = if running { RunState::Running } else { RunState::Dead };
        if running {
            task.started_at = now;
        } else {
            task.finished_at = now;
        }
    }
    AllocUpdate {
        id: alloc.id,
        status,
        description: Name::from(""),
        tasks,
        healthy: running.then_some((true, now)),
        network: None,
        services: Vec::new(),
    }
}
