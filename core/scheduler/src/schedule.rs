//! The pipeline: refuse what is not handled, reconcile, place, hand over.

use model::{Eval, EvalStatus, EvalTrigger, JobKind, Name, Outcome, Plan, Timestamp};
use state::Snapshot;

use crate::claims::Claims;
use crate::kind;
use crate::triggers::accepts;

/// What a run depends on beside snapshot and evaluation.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'a> {
    /// The clock.
    pub now: Timestamp,
    /// Tells repeated tries on one snapshot apart.
    pub seed: u64,
    /// Whether the plan says what was wanted, by group.
    pub annotate: bool,
    /// Placements of other workers that are not committed yet.
    pub claims: Option<&'a Claims>,
}

/// An evaluation that cannot be looked at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// It is over.
    #[error("evaluation {0} is {1} and needs no scheduler")]
    Over(model::EvalId, EvalStatus),
    /// The job asks for more than a plan can hold.
    #[error(
        "group {group:?} of job {job} asks for {count} allocations; at most {limit} can be placed by one evaluation"
    )]
    TooMany {
        /// The job.
        job: model::JobKey,
        /// Its group.
        group: Name,
        /// What it asks for.
        count: i64,
        /// What is possible.
        limit: i64,
    },
}

/// Allocations that one group may have.
const MAX_COUNT: i64 = 10_000_000;

/// Decides what to do for one evaluation.
///
/// # Errors
/// [`ScheduleError`] when the evaluation is over or its job asks for more than a plan can hold. An evaluation
/// that the scheduler of its kind does not handle is no error: its outcome says `failed`.
pub fn schedule(snapshot: &Snapshot, eval: &Eval, options: &Options<'_>) -> Result<Outcome, ScheduleError> {
    if eval.status.is_terminal() {
        return Err(ScheduleError::Over(eval.id, eval.status));
    }
    if !accepts(eval.kind, eval.trigger) {
        return Ok(refuse(snapshot, eval, eval.trigger));
    }
    let job = snapshot.job(&eval.job);
    let groups = job.iter().flat_map(|job| &job.task_groups);
    if let Some(group) = groups.into_iter().find(|group| group.count > MAX_COUNT) {
        let (name, count) = (Name::from(group.name.as_str()), group.count);
        return Err(ScheduleError::TooMany { job: eval.job.clone(), group: name, count, limit: MAX_COUNT });
    }
    Ok(match eval.kind {
        JobKind::Service => kind::service(snapshot, eval, options),
        JobKind::Batch => kind::batch(snapshot, eval, options),
        JobKind::System => kind::system(snapshot, eval, options),
        JobKind::Sysbatch => kind::sysbatch(snapshot, eval, options),
    })
}

fn refuse(snapshot: &Snapshot, eval: &Eval, trigger: EvalTrigger) -> Outcome {
    let mut refused = eval.clone();
    refused.status = EvalStatus::Failed;
    refused.status_description = format!("scheduler cannot handle '{trigger}' evaluation reason").into();
    Outcome { plan: Plan::new(eval, snapshot.index), eval: refused, created: Vec::new() }
}
