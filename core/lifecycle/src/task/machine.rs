//! The machine of one task; its states are drawn in the parent module.

use model::{Name, Nanos, RunState, TaskEvent, TaskEventKind, TaskState, Timestamp};

use super::{Action, Event, Exit, StopCause, TaskRules};
use crate::restart::{Ended, RestartTracker, RestartWindow, Verdict};

/// How long after the kill timeout a driver may take before the task is destroyed.
pub const STOP_MARGIN: Nanos = Nanos::from_secs(5);

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
    /// It is stopped because a check failed: however it ends, it has failed.
    unhealthy: bool,
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
        Self { rules, state, stage, tracker, stopping: false, restarting: false, unhealthy: false }
    }

    /// A task whose state an earlier agent recorded, and that is what `state` says: see [`crate::reattach`].
    #[must_use]
    pub(crate) fn restored(rules: TaskRules, state: TaskState, restarts: Option<RestartWindow>) -> Self {
        let mut machine = Self::with_state(rules, state);
        if let Some(restarts) = restarts {
            machine.tracker.resume(restarts);
        }
        machine
    }

    /// Its restarts that still count.
    #[must_use]
    pub fn restart_window(&self) -> Option<RestartWindow> {
        self.tracker.window()
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

    /// Whether it runs and nothing has asked it to stop: its services can be used.
    #[must_use]
    pub const fn is_serving(&self) -> bool {
        matches!(self.stage, Stage::Running) && !self.stopping
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
            Event::Unhealthy { reason } => self.restart_unhealthy(now, reason),
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
        let unhealthy = std::mem::take(&mut self.unhealthy);
        let ended = if exit.is_success() && !unhealthy { Ended::Success } else { Ended::Failure };
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

    fn restart_unhealthy(&mut self, now: Timestamp, reason: Name) -> Vec<Action> {
        if !self.is_serving() {
            return Vec::new();
        }
        self.record(now, TaskEventKind::RestartSignal { reason });
        self.unhealthy = true;
        self.send_stop(now)
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
