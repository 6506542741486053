//! Decides what becomes of a task that an earlier agent recorded.
//!
//! ```text
//!  recorded    handle   found by the driver      becomes
//!  dead        any      –                        dead (what is left of it is destroyed)
//!  pending     none     –                        waiting, starts in its order
//!  any other   yes      yes                      running, under its old process
//!  any other   yes      no, same boot            ended with a failure: its restart policy decides
//!  any other   yes      no, host was rebooted    waiting, starts in its order: no fault of its own
//!  running     none     –                        ended with a failure
//! ```

use std::collections::BTreeMap;

use model::{Name, RunState, TaskEventKind, TaskState, TaskStates, Timestamp};

use crate::restart::RestartWindow;
use crate::task::{Action, Event, Exit, TaskMachine, TaskRules};

/// What was found of a task that an earlier agent recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// The driver took it over; if it has ended meanwhile, [`Event::Exited`] follows.
    Recovered,
    /// There is a handle, but nothing of the task runs any more and nobody knows how it ended.
    Lost {
        /// Why.
        message: Name,
        /// Whether the host was started anew since.
        rebooted: bool,
    },
    /// No handle was recorded: the task had not started.
    NoHandle,
}

/// What an earlier agent recorded of an allocation.
#[derive(Debug, Clone, Default)]
pub struct Recorded {
    /// The states of its tasks.
    pub tasks: TaskStates,
    /// Their restarts that still count.
    pub restarts: BTreeMap<Name, RestartWindow>,
}

/// What an earlier agent recorded of a task.
#[derive(Debug, Clone)]
pub struct RecordedTask {
    /// Its state.
    pub state: TaskState,
    /// Its restarts that still count.
    pub restarts: Option<RestartWindow>,
}

/// Makes the machine of a recorded task, and what to do with it first.
#[must_use]
pub fn reattach(
    now: Timestamp,
    rules: TaskRules,
    recorded: RecordedTask,
    found: Found,
) -> (TaskMachine, Vec<Action>) {
    let RecordedTask { state: recorded, restarts } = recorded;
    if recorded.state == RunState::Dead {
        return (TaskMachine::restored(rules, recorded, restarts), vec![Action::Destroy]);
    }
    let was_running = recorded.state == RunState::Running;
    let with = |state: RunState| {
        let mut recorded = recorded.clone();
        recorded.state = state;
        TaskMachine::restored(rules.clone(), recorded, restarts)
    };
    match found {
        Found::Recovered => {
            let mut recorded = recorded;
            recorded.state = RunState::Running;
            if recorded.started_at.is_never() {
                recorded.started_at = now;
            }
            let mut machine = TaskMachine::restored(rules, recorded, restarts);
            machine.record(now, TaskEventKind::Reattached);
            (machine, Vec::new())
        }
        Found::Lost { message, rebooted: false } => lost(now, with(RunState::Running), message),
        Found::NoHandle if was_running => {
            lost(now, with(RunState::Running), Name::from("no handle of the task was recorded"))
        }
        Found::Lost { message, rebooted: true } => {
            let mut machine = with(RunState::Pending);
            machine.record(now, TaskEventKind::RestoreFailure { message });
            (machine, vec![Action::Destroy])
        }
        Found::NoHandle => (with(RunState::Pending), Vec::new()),
    }
}

fn lost(now: Timestamp, mut machine: TaskMachine, message: Name) -> (TaskMachine, Vec<Action>) {
    machine.record(now, TaskEventKind::RestoreFailure { message: message.clone() });
    let exit = Exit { code: 0, signal: 0, oom_killed: false, error: message };
    let actions = machine.handle(now, Event::Exited(exit));
    (machine, actions)
}
