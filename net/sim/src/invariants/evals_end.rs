//! Every evaluation ends, or waits for room.

use model::EvalStatus;
use state::State;

/// Returns the evaluations that are still pending.
pub(crate) fn unfinished(state: &State) -> Vec<String> {
    let open = state.evals().filter(|eval| !eval.status.is_terminal() && eval.status != EvalStatus::Blocked);
    open.map(|eval| {
        format!("evaluation {} of job {} ({}) is {}", eval.id, eval.job, eval.trigger, eval.status)
    })
    .collect()
}
