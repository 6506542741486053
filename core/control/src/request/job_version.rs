//! Requests about versions of a job: go back to one, mark one as good.

use model::{EvalId, Job, JobKey, JobSubmission, Timestamp};
use state::{Command, State};

use super::job::register_job;
use super::{RegisterJob, RequestError};

/// A job to register once more as it was.
#[derive(Debug, Clone)]
pub struct RevertJob {
    /// The job.
    pub key: JobKey,
    /// The version to go back to.
    pub version: u64,
    /// Only if the job is at this version now.
    pub enforce_prior_version: Option<u64>,
    /// Whether the caller may register jobs whatever the scheduler configuration says.
    pub management: bool,
    /// Id for the evaluation.
    pub eval: EvalId,
}

/// The command that registers an old version of a job, with its text, as the newest.
///
/// # Errors
/// The job or the version is not there, or the job is at another version than the caller believes.
pub fn revert_job(
    state: &State,
    now: Timestamp,
    region: &str,
    request: &RevertJob,
) -> Result<Command, RequestError> {
    let RevertJob { key, version, enforce_prior_version, management, eval } = request;
    let current = state.job(key).ok_or_else(|| RequestError::JobNotFound(key.clone()))?;
    if let Some(wanted) = enforce_prior_version.filter(|wanted| *wanted != current.version) {
        return Err(RequestError::PriorVersion { current: current.version, wanted });
    }
    if *version == current.version {
        return Err(RequestError::RevertToCurrent);
    }
    let registration = RegisterJob {
        job: Job::clone(version_of(state, key, *version)?),
        submission: state.submission(key, *version).map(|text| JobSubmission::clone(text)),
        enforce_index: Some(current.job_modify_index),
        preserve_counts: false,
        eval_priority: None,
        management: *management,
        eval: *eval,
    };
    register_job(state, now, region, registration)
}

/// The command that marks a version as deployed successfully, or not.
///
/// # Errors
/// The version is not there.
pub fn set_stability(
    state: &State,
    key: JobKey,
    version: u64,
    stable: bool,
) -> Result<Command, RequestError> {
    version_of(state, &key, version)?;
    Ok(Command::SetJobStability { key, version, stable })
}

fn version_of<'a>(state: &'a State, key: &JobKey, version: u64) -> Result<&'a Job, RequestError> {
    let job = state.job_version(key, version);
    job.map(|job| &**job).ok_or_else(|| RequestError::VersionNotFound { job: key.clone(), version })
}
