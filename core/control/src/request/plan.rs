//! The dry run: what would happen if a job was registered now.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{AllocMetric, Eval, EvalId, EvalTrigger, Job, Name, PlanAnnotations, Timestamp};
use state::apply::JobRegistration;
use state::{Command, Entry, Snapshot, State};

use super::RequestError;
use super::job::{admit, new_eval, priority_of};

/// What would happen.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PlanReport {
    /// Changes by group; of a template or a schedule what one child would need.
    pub annotations: Option<PlanAnnotations>,
    /// What could not be placed, by group.
    pub failed: BTreeMap<Name, AllocMetric>,
    /// Evaluations that would follow: later ones, and one that waits for room.
    pub created: Vec<Eval>,
}

/// Runs the production scheduler on a copy of the state in which `job` is registered. Nothing else changes.
///
/// # Errors
/// The job does not belong here, or the scheduler refuses it.
pub fn plan_job(
    state: &State,
    now: Timestamp,
    region: &str,
    job: Job,
    seed: u128,
) -> Result<PlanReport, RequestError> {
    let key = job.key();
    let id = EvalId::derive(&[seed]);
    let mut eval = new_eval(now, id, key.clone(), job.kind(), priority_of(&job), EvalTrigger::JobRegister);
    let copy = planned_state(state, now, region, job)?;
    if let Some(job) = copy.job(&key) {
        eval.job_modify_index = job.job_modify_index;
    }
    let options = scheduler::Options { now, annotate: true, ..scheduler::Options::default() };
    let outcome = scheduler::schedule(&copy, &eval, &options)
        .map_err(|error| RequestError::InvalidJob(error.to_string()))?;
    Ok(PlanReport {
        annotations: outcome.plan.annotations,
        failed: outcome.eval.failed,
        created: outcome.created.into_iter().map(of_dry_run).collect(),
    })
}

/// A copy of the state in which `job` is registered and nothing of it is placed yet.
///
/// # Errors
/// The job does not belong here, or is refused.
pub fn planned_state(
    state: &State,
    now: Timestamp,
    region: &str,
    mut job: Job,
) -> Result<Snapshot, RequestError> {
    admit(state, region, &mut job)?;
    let registration = JobRegistration {
        job,
        submission: None,
        enforce_index: None,
        eval: None,
        by: state::apply::RegisteredBy::Caller,
    };
    let mut copy = state.clone();
    let entry = Entry { now, command: Command::RegisterJob(Box::new(registration)) };
    let index = copy.index.saturating_sub(copy.base) + 1;
    if let Err(error) = copy.apply(index, &entry).reply {
        return Err(RequestError::InvalidJob(error.to_string()));
    }
    Ok(Arc::new(copy))
}

/// An evaluation as a dry run shows it: the index of the copy that it was made on says nothing.
fn of_dry_run(eval: Eval) -> Eval {
    Eval { snapshot_index: 0, ..eval }
}
