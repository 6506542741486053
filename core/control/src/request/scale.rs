//! Scaling: the count of one group, or a remark about it.

use model::document::Any;
use model::{EvalId, EvalTrigger, Job, JobKey, Name, Timestamp};
use state::apply::{JobRegistration, RegisteredBy};
use state::tables::ScalingEvent;
use state::{Command, State};

use super::RequestError;
use super::job::{check_index, eval_of};

/// Why a group is not scaled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScaleError {
    /// No group is named.
    #[error("missing task group name for scaling action")]
    NoGroup,
    /// The job has no such group.
    #[error("task group {0:?} specified for scaling does not exist in job")]
    UnknownGroup(String),
    /// A failure cannot set a count.
    #[error("scaling action should not contain count if error is true")]
    CountWithError,
    /// The count is below 0.
    #[error("scaling action count can't be negative")]
    NegativeCount,
    /// The job would have too many allocations.
    #[error("total count was greater than configured job_max_count: {total} > {}", Job::MAX_COUNT)]
    TooMany {
        /// Allocations of all groups.
        total: i64,
    },
    /// Updates are being rolled out.
    #[error("job scaling blocked due to active deployment")]
    ActiveDeployment,
    /// The scaling policy forbids so few.
    #[error("group count was less than scaling policy minimum: {count} < {min}")]
    BelowMinimum {
        /// What was asked.
        count: i64,
        /// The policy's minimum.
        min: i64,
    },
    /// The scaling policy forbids so many.
    #[error("group count was greater than scaling policy maximum: {count} > {max}")]
    AboveMaximum {
        /// What was asked.
        count: i64,
        /// The policy's maximum.
        max: i64,
    },
}

/// A group to scale.
#[derive(Debug, Clone)]
pub struct ScaleJob {
    /// The job.
    pub key: JobKey,
    /// The group.
    pub group: String,
    /// The new count; none for a remark.
    pub count: Option<i64>,
    /// What is said about it.
    pub message: String,
    /// Whether a failure is reported.
    pub error: bool,
    /// More about it.
    pub meta: Option<Any>,
    /// Only if the specification was last changed at this index.
    pub enforce_index: Option<u64>,
    /// Whether the caller may scale jobs whatever the scheduler configuration says.
    pub management: bool,
    /// Id for the evaluation.
    pub eval: EvalId,
}

/// The command that scales a group.
///
/// # Errors
/// The group is not there, its policy or a deployment forbids the count, or the request contradicts itself.
pub fn scale_job(state: &State, now: Timestamp, request: ScaleJob) -> Result<Command, RequestError> {
    if state.config.reject_job_registration && !request.management {
        return Err(RequestError::RegistrationRejected);
    }
    let job = state.job(&request.key).ok_or_else(|| RequestError::JobNotFound(request.key.clone()))?;
    if let Some(wanted) = request.enforce_index {
        check_index(wanted, Some(job.job_modify_index))?;
    }
    check_scale(state, job, &request)?;
    let registration = request.count.map(|count| {
        let mut job = Job::clone(job);
        job.task_groups.iter_mut().filter(|group| group.name == request.group).for_each(|group| {
            group.count = count;
        });
        let eval = (!job.is_parent()).then(|| eval_of(now, request.eval, &job, EvalTrigger::JobScaling));
        Box::new(JobRegistration {
            enforce_index: Some(job.job_modify_index),
            job,
            submission: None,
            eval,
            by: RegisteredBy::Caller,
        })
    });
    let event = Box::new(ScalingEvent {
        time: now,
        count: request.count,
        previous_count: 0,
        message: request.message,
        error: request.error,
        meta: request.meta,
        eval: registration.as_ref().and_then(|one| one.eval.as_ref()).map(|eval| eval.id),
        create_index: 0,
    });
    Ok(Command::ScaleJob { key: request.key, group: Name::from(request.group), event, registration })
}

fn check_scale(state: &State, job: &Job, request: &ScaleJob) -> Result<(), ScaleError> {
    if request.group.is_empty() {
        return Err(ScaleError::NoGroup);
    }
    let group = job.group(&request.group);
    let group = group.ok_or_else(|| ScaleError::UnknownGroup(request.group.clone()))?;
    let Some(count) = request.count else { return Ok(()) };
    if request.error {
        return Err(ScaleError::CountWithError);
    }
    if count < 0 {
        return Err(ScaleError::NegativeCount);
    }
    let others = job.task_groups.iter().filter(|other| other.name != request.group);
    let total = others.fold(count, |total, other| total.saturating_add(other.count.max(0)));
    if total > Job::MAX_COUNT {
        return Err(ScaleError::TooMany { total });
    }
    if let Some(policy) = &group.scaling {
        if count < policy.min {
            return Err(ScaleError::BelowMinimum { count, min: policy.min });
        }
        if count > policy.max {
            return Err(ScaleError::AboveMaximum { count, max: policy.max });
        }
    }
    if state.latest_deployment(&request.key).is_some_and(|deployment| deployment.status.is_active()) {
        return Err(ScaleError::ActiveDeployment);
    }
    Ok(())
}
