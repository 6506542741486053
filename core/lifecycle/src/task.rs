//! Decides what one task does next.
//!
//! ```text
//!           Start          Prepared        Started            Exited, policy says restart
//!  waiting ──────▶ preparing ──────▶ starting ─────▶ running ─────────────────────▶ backing off
//!     ▲               │ failed          │ failed       │ │ Stop                       │   │
//!     │               ▼                 ▼              │ ▼            delay is over    │   │ Stop
//!     │          (policy: as if it had ended)          │ (shutdown delay)              │   │
//!     │                                                │ stopping ── 5 s beyond kill_timeout: Destroy
//!     └────────────────────────────────────────────────┼──┼────────────────────────────┘   │
//!                                  policy says no      ▼  ▼ Exited                         ▼
//!                                                      dead ◀──────────────────────────────┘
//! ```
//!
//! A dead task stays dead. What it reports is a [`TaskState`], kept in step with the machine.
//! Limits: restarts by the policy; events [`TaskState::MAX_EVENTS`]; a stop that the driver does not carry out
//! is enforced [`STOP_MARGIN`] after the kill timeout.

use model::{
    AllocId, Job, Name, Nanos, Restart, RunState, Task, TaskEvent, TaskEventKind, TaskState, Timestamp,
    splitmix,
};

use crate::Phase;
use crate::restart::{Ended, RestartTracker, Verdict};

/// How long after the kill timeout a driver may take before the task is destroyed.
pub const STOP_MARGIN: Nanos = Nanos::from_secs(5);
/// Signal that asks a task to stop when its job names none.
pub const DEFAULT_KILL_SIGNAL: &str = "SIGINT";

/// What the machine must know of its task.
#[derive(Debug, Clone)]
pub struct TaskRules {
    /// Its name.
    pub name: Name,
    /// When it runs relative to the others.
    pub phase: Phase,
    /// Its end ends the group.
    pub leader: bool,
    /// Wait between the signal and SIGKILL.
    pub kill_timeout: Nanos,
    /// Signal that asks it to stop.
    pub kill_signal: Name,
    /// Wait before the signal.
    pub shutdown_delay: Nanos,
    restart: Restart,
    runs_to_end: bool,
    seed: u64,
}

impl TaskRules {
    /// The rules of `task` in an allocation of `job`. `max_kill_timeout` is the client's.
    #[must_use]
    pub fn new(
        alloc: AllocId,
        job: &Job,
        task: &Task,
        group_restart: Option<&Restart>,
        max_kill_timeout: Nanos,
    ) -> Self {
        let phase = Phase::of(task);
        let restart = task.restart.as_ref().or(group_restart).cloned().unwrap_or_default();
        let kill_signal =
            if task.kill_signal.is_empty() { DEFAULT_KILL_SIGNAL } else { task.kill_signal.as_str() };
        let seed = task
            .name
            .bytes()
            .chain(alloc.0.to_be_bytes())
            .fold(0, |seed, byte| splitmix(seed ^ u64::from(byte)));
        Self {
            name: Name::from(task.name.as_str()),
            phase,
            leader: task.leader,
            kill_timeout: task.kill_timeout.min(max_kill_timeout),
            kill_signal: Name::from(kill_signal),
            shutdown_delay: task.shutdown_delay,
            restart,
            runs_to_end: phase.runs_to_end() || (job.kind().is_batch() && !phase.is_sidecar()),
            seed,
        }
    }
}

/// Why a task is to stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StopCause {
    /// The server wants the allocation gone.
    Requested,
    /// A sibling failed.
    SiblingFailed(Name),
    /// The leader ended.
    LeaderDead,
    /// The main tasks ended, beside which it ran.
    MainDead,
}

/// How a task ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exit {
    /// Exit code; 0 if a signal ended it.
    pub code: i32,
    /// Signal that ended it, or 0.
    pub signal: i32,
    /// Whether it was killed for using too much memory.
    pub oom_killed: bool,
    /// Why the driver does not know better; empty if it does.
    pub error: Name,
}

impl Exit {
    /// Whether it did what it should.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.code == 0 && self.signal == 0 && self.error.is_empty()
    }
}

/// What happens to a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Its allocation lets it start.
    Start,
    /// [`Action::Prepare`] is done.
    Prepared,
    /// [`Action::Prepare`] failed.
    PrepareFailed {
        /// What to show: a failure of setup, artifacts or another hook.
        kind: TaskEventKind,
        /// Whether trying again may help.
        recoverable: bool,
    },
    /// [`Action::Start`] is done.
    Started,
    /// [`Action::Start`] failed; nothing of the task is left.
    StartFailed {
        /// Why.
        message: Name,
        /// Whether trying again may help.
        recoverable: bool,
    },
    /// It ended.
    Exited(Exit),
    /// It is to stop.
    Stop {
        /// Why.
        cause: StopCause,
        /// Leaves the shutdown delay out.
        no_shutdown_delay: bool,
    },
    /// Somebody asks for a restart, which does not count.
    Restart {
        /// Why.
        reason: Name,
    },
    /// Something to record: a signal that was sent, artifacts that are fetched.
    Note(TaskEventKind),
    /// Time has passed.
    Tick,
}

/// What to do with a task, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Make its directory, fetch its artifacts, render its templates, compute its environment; then
    /// [`Event::Prepared`] or `PrepareFailed`.
    Prepare,
    /// Start it with the driver; then [`Event::Started`] or `StartFailed`, later [`Event::Exited`].
    Start,
    /// Have the driver stop it; then [`Event::Exited`].
    Stop {
        /// Asks it to stop.
        signal: Name,
        /// Then everything of it is killed.
        timeout: Nanos,
    },
    /// Kill whatever is left of it and forget its handle.
    Destroy,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Stage {
    Waiting,
    Preparing,
    Starting,
    Running,
    /// The shutdown delay before the stop.
    Delaying {
        until: Timestamp,
    },
    Stopping {
        destroy_at: Timestamp,
    },
    BackingOff {
        until: Timestamp,
    },
    Dead,
}

/// The machine of one task.
#[derive(Debug, Clone)]
pub struct TaskMachine {
    rules: TaskRules,
    state: TaskState,
    stage: Stage,
    tracker: RestartTracker,
    /// A stop was asked for: no restart any more.
    stopping: bool,
    /// A restart was asked for: start again as soon as it has ended.
    restarting: bool,
}

impl TaskMachine {
    /// A task that was just received.
    #[must_use]
    pub fn new(now: Timestamp, rules: TaskRules) -> Self {
        let mut machine = Self::with_state(rules, TaskState::pending());
        machine.record(now, TaskEventKind::Received);
        machine
    }

    fn with_state(rules: TaskRules, state: TaskState) -> Self {
        let tracker = RestartTracker::new(rules.restart.clone(), rules.runs_to_end, rules.seed);
        let stage = match state.state {
            RunState::Pending => Stage::Waiting,
            RunState::Running => Stage::Running,
            RunState::Dead => Stage::Dead,
        };
        Self { rules, state, stage, tracker, stopping: false, restarting: false }
    }

    /// A task whose state an earlier agent recorded, and that is what `state` says: see [`crate::reattach`].
    #[must_use]
    pub(crate) fn restored(rules: TaskRules, state: TaskState) -> Self {
        Self::with_state(rules, state)
    }

    /// Takes the rules of a new version of the job. The restarts so far still count.
    pub(crate) fn set_rules(&mut self, rules: TaskRules) {
        self.tracker.set_policy(rules.restart.clone(), rules.runs_to_end);
        self.rules = rules;
    }

    /// What it reports.
    #[must_use]
    pub const fn state(&self) -> &TaskState {
        &self.state
    }

    /// Its rules.
    #[must_use]
    pub const fn rules(&self) -> &TaskRules {
        &self.rules
    }

    /// Whether it waits for its allocation to let it start.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        matches!(self.stage, Stage::Waiting)
    }

    /// Whether nothing more happens to it.
    #[must_use]
    pub const fn is_dead(&self) -> bool {
        matches!(self.stage, Stage::Dead)
    }

    /// Whether a stop was asked for.
    #[must_use]
    pub const fn is_stopping(&self) -> bool {
        self.stopping
    }

    /// When it wants [`Event::Tick`].
    #[must_use]
    pub const fn wake_at(&self) -> Option<Timestamp> {
        match self.stage {
            Stage::Delaying { until } | Stage::BackingOff { until } => Some(until),
            Stage::Stopping { destroy_at } => Some(destroy_at),
            Stage::Waiting | Stage::Preparing | Stage::Starting | Stage::Running | Stage::Dead => None,
        }
    }

    /// Takes one event and says what to do.
    #[must_use]
    pub fn handle(&mut self, now: Timestamp, event: Event) -> Vec<Action> {
        match event {
            Event::Note(kind) => {
                self.record(now, kind);
                Vec::new()
            }
            Event::Start => self.start(now),
            Event::Prepared => self.prepared(now),
            Event::PrepareFailed { kind, recoverable } => {
                if self.stage != Stage::Preparing {
                    return Vec::new();
                }
                self.record(now, kind);
                self.ended(now, if recoverable { Ended::StartFailed } else { Ended::Unrecoverable })
            }
            Event::Started => self.started(now),
            Event::StartFailed { message, recoverable } => {
                self.record(now, TaskEventKind::DriverFailure { message });
                self.ended(now, if recoverable { Ended::StartFailed } else { Ended::Unrecoverable })
            }
            Event::Exited(exit) => self.exited(now, exit),
            Event::Stop { cause, no_shutdown_delay } => self.stop(now, cause, no_shutdown_delay),
            Event::Restart { reason } => self.restart(now, reason),
            Event::Tick => self.tick(now),
        }
    }

    fn start(&mut self, now: Timestamp) -> Vec<Action> {
        if self.stage != Stage::Waiting || self.stopping {
            return Vec::new();
        }
        self.stage = Stage::Preparing;
        self.record(now, TaskEventKind::Setup { message: Name::from("Building Task Directory") });
        vec![Action::Prepare]
    }

    fn prepared(&mut self, now: Timestamp) -> Vec<Action> {
        if self.stage != Stage::Preparing {
            return Vec::new();
        }
        if self.stopping {
            return self.die(now, false);
        }
        self.stage = Stage::Starting;
        vec![Action::Start]
    }

    fn started(&mut self, now: Timestamp) -> Vec<Action> {
        if self.stage != Stage::Starting {
            return Vec::new();
        }
        self.stage = Stage::Running;
        self.state.state = RunState::Running;
        self.state.started_at = now;
        self.record(now, TaskEventKind::Started);
        // A stop or a restart that came while the driver was busy.
        if self.stopping || self.restarting { self.send_stop(now) } else { Vec::new() }
    }

    fn exited(&mut self, now: Timestamp, exit: Exit) -> Vec<Action> {
        if !matches!(self.stage, Stage::Running | Stage::Delaying { .. } | Stage::Stopping { .. }) {
            return Vec::new();
        }
        let ended = if exit.is_success() { Ended::Success } else { Ended::Failure };
        self.record(
            now,
            TaskEventKind::Terminated {
                exit_code: exit.code,
                signal: exit.signal,
                oom_killed: exit.oom_killed,
                message: exit.error,
            },
        );
        if self.stopping {
            self.record(now, TaskEventKind::Killed { error: Name::from("") });
        }
        self.ended(now, ended)
    }

    /// The task does not run: starts it again, or not.
    fn ended(&mut self, now: Timestamp, ended: Ended) -> Vec<Action> {
        if self.stopping {
            return self.die(now, false);
        }
        if std::mem::take(&mut self.restarting) && ended != Ended::Unrecoverable {
            return self.back_off(now, Nanos::ZERO, Name::from(""));
        }
        match self.tracker.judge(now, ended) {
            Verdict::Done => self.die(now, false),
            Verdict::Fail { reason } => {
                self.record(now, TaskEventKind::NotRestarting { reason });
                self.die(now, true)
            }
            Verdict::Restart { delay, reason } => self.back_off(now, delay, reason),
        }
    }

    fn back_off(&mut self, now: Timestamp, delay: Nanos, reason: Name) -> Vec<Action> {
        self.record(now, TaskEventKind::Restarting { reason, start_delay: delay });
        self.state.state = RunState::Pending;
        self.state.restarts = self.state.restarts.saturating_add(1);
        self.state.last_restart = now;
        self.stage = Stage::BackingOff { until: now + delay };
        vec![Action::Destroy]
    }

    fn die(&mut self, now: Timestamp, failed: bool) -> Vec<Action> {
        self.stage = Stage::Dead;
        self.state.state = RunState::Dead;
        self.state.failed = failed;
        self.state.finished_at = now;
        vec![Action::Destroy]
    }

    fn stop(&mut self, now: Timestamp, cause: StopCause, no_shutdown_delay: bool) -> Vec<Action> {
        if self.stage == Stage::Dead || (self.stopping && !no_shutdown_delay) {
            return Vec::new();
        }
        if !self.stopping {
            self.stopping = true;
            self.record_cause(now, cause);
        }
        match self.stage {
            Stage::Waiting | Stage::BackingOff { .. } => self.die(now, false),
            Stage::Running if self.rules.shutdown_delay > Nanos::ZERO && !no_shutdown_delay => {
                let delay = self.rules.shutdown_delay;
                self.record(now, TaskEventKind::WaitingShutdownDelay { delay });
                self.stage = Stage::Delaying { until: now + delay };
                Vec::new()
            }
            Stage::Running | Stage::Delaying { .. } => self.send_stop(now),
            // The result of what goes on is awaited: then it ends.
            Stage::Preparing | Stage::Starting | Stage::Stopping { .. } | Stage::Dead => Vec::new(),
        }
    }

    fn record_cause(&mut self, now: Timestamp, cause: StopCause) {
        let kind = match cause {
            StopCause::Requested => return,
            StopCause::SiblingFailed(task) => TaskEventKind::SiblingFailed { task },
            StopCause::LeaderDead => TaskEventKind::LeaderDead,
            StopCause::MainDead => TaskEventKind::Hook {
                kind: Name::from("Main Tasks Dead"),
                message: Name::from("Main tasks in the group died"),
                details: std::collections::BTreeMap::new(),
            },
        };
        self.record(now, kind);
    }

    fn send_stop(&mut self, now: Timestamp) -> Vec<Action> {
        let timeout = self.rules.kill_timeout;
        self.record(now, TaskEventKind::Killing { kill_timeout: timeout, reason: Name::from("") });
        self.stage = Stage::Stopping { destroy_at: now + timeout + STOP_MARGIN };
        vec![Action::Stop { signal: self.rules.kill_signal.clone(), timeout }]
    }

    fn restart(&mut self, now: Timestamp, reason: Name) -> Vec<Action> {
        if self.stopping || matches!(self.stage, Stage::Dead | Stage::Waiting | Stage::Preparing) {
            return Vec::new();
        }
        self.record(now, TaskEventKind::RestartSignal { reason });
        match self.stage {
            Stage::Running => {
                self.restarting = true;
                self.send_stop(now)
            }
            Stage::BackingOff { .. } => {
                self.stage = Stage::BackingOff { until: now };
                self.tick(now)
            }
            Stage::Starting => {
                self.restarting = true;
                Vec::new()
            }
            Stage::Delaying { .. }
            | Stage::Stopping { .. }
            | Stage::Waiting
            | Stage::Preparing
            | Stage::Dead => Vec::new(),
        }
    }

    fn tick(&mut self, now: Timestamp) -> Vec<Action> {
        match self.stage {
            Stage::Delaying { until } if until <= now => self.send_stop(now),
            Stage::BackingOff { until } if until <= now => {
                self.stage = Stage::Preparing;
                vec![Action::Prepare]
            }
            Stage::Stopping { destroy_at } if destroy_at <= now => {
                self.record(
                    now,
                    TaskEventKind::Killed { error: Name::from("the driver did not stop the task in time") },
                );
                self.ended(now, Ended::Failure)
            }
            Stage::Waiting
            | Stage::Preparing
            | Stage::Starting
            | Stage::Running
            | Stage::Delaying { .. }
            | Stage::Stopping { .. }
            | Stage::BackingOff { .. }
            | Stage::Dead => Vec::new(),
        }
    }

    pub(crate) fn record(&mut self, now: Timestamp, kind: TaskEventKind) {
        self.state.push_event(TaskEvent { time: now, kind });
    }
}
