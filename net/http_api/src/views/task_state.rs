//! States of tasks.

use model::{TaskState, TaskStates};
use serde_json::{Map, Value, json};

use super::task_event::task_event;
use super::time;

/// All tasks by name; null while the client has not reported.
pub(super) fn task_states(states: &TaskStates) -> Value {
    if states.is_empty() {
        return Value::Null;
    }
    states.iter().map(|(name, state)| (name.to_string(), task_state(state))).collect::<Map<_, _>>().into()
}

fn task_state(state: &TaskState) -> Value {
    json!({
        "Events": state.events.iter().map(task_event).collect::<Vec<_>>(),
        "Failed": state.failed,
        "FinishedAt": time(state.finished_at),
        "LastRestart": time(state.last_restart),
        "Paused": "",
        "Restarts": state.restarts,
        "StartedAt": time(state.started_at),
        "State": state.state.as_str(),
    })
}
