//! Children by request: forced launches of periodic jobs, dispatches of parameterized ones.

use std::collections::BTreeMap;

use model::{EvalId, EvalTrigger, Job, JobKey, Nanos, Parameterized, Timestamp};
use state::apply::{JobRegistration, RegisteredBy};
use state::{Command, State};

use super::RequestError;
use super::job::eval_of;
use crate::launcher::child_of;

/// Longest payload of a dispatch, in bytes.
pub const MAX_PAYLOAD: usize = 16 << 10;
/// Forced launches of a job in the same second take the following seconds, as many as this.
const FREE_SECONDS: i64 = 60;

/// Why a child is not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LaunchError {
    /// The job has no schedule.
    #[error("can't force launch non-periodic job")]
    NotPeriodic,
    /// Too many launches were forced within a minute.
    #[error("periodic job {0} was launched too often within a minute")]
    TooOften(JobKey),
    /// The job to dispatch is not there.
    #[error("parameterized job not found")]
    NoParameterizedJob,
    /// The job cannot be dispatched.
    #[error("Specified job {0:?} is not a parameterized job")]
    NotParameterized(String),
    /// The job is stopped.
    #[error("Specified job {0:?} is stopped")]
    Stopped(String),
    /// The payload is too long.
    #[error("Payload exceeds maximum size; {got} > {MAX_PAYLOAD}")]
    PayloadTooLong {
        /// Its bytes.
        got: usize,
    },
    /// There is no payload.
    #[error("Payload is not provided but required by parameterized job")]
    PayloadRequired,
    /// There must be no payload.
    #[error("Payload provided but forbidden by parameterized job")]
    PayloadForbidden,
    /// Keys are missing.
    #[error("Dispatch did not provide required meta keys: [{}]", .0.join(" "))]
    MetaMissing(Vec<String>),
    /// Keys are too many.
    #[error("Dispatch request included unpermitted metadata keys: [{}]", .0.join(" "))]
    MetaUnknown(Vec<String>),
    /// The prefix cannot be part of an id.
    #[error("Dispatch id prefix {0:?} must not contain spaces or null characters")]
    IdPrefix(String),
    /// The priority is out of range.
    #[error("Job priority must be between [1, 100]")]
    Priority,
}

/// A parameterized job to dispatch.
#[derive(Debug, Clone)]
pub struct DispatchJob {
    /// The parent.
    pub key: JobKey,
    /// Bytes of its payload; 0 means none.
    pub payload_bytes: usize,
    /// The payload in base64, as it is stored.
    pub payload: Option<String>,
    /// Meta of the child.
    pub meta: BTreeMap<String, String>,
    /// Stands in the child's id; empty means nothing.
    pub id_prefix: String,
    /// Priority of the child; none means the parent's.
    pub priority: Option<i64>,
    /// Dispatches with the same token make one child; empty means no such promise.
    pub idempotency_token: String,
    /// Random: tells children of one second apart.
    pub random: u32,
    /// Id for the evaluation.
    pub eval: EvalId,
}

/// What a dispatch leads to.
#[derive(Debug, Clone, PartialEq)]
pub enum Dispatch {
    /// A new child.
    New(JobKey, Box<Command>),
    /// The child of an earlier dispatch with the same token.
    Existing(JobKey),
}

/// The command that launches a periodic job now, whatever its schedule says, and the child's key.
///
/// # Errors
/// The job is not there, not periodic, or was launched too often.
pub fn force_launch(
    state: &State,
    now: Timestamp,
    key: &JobKey,
    eval: EvalId,
) -> Result<(JobKey, Command), RequestError> {
    let job = state.job(key).ok_or_else(|| RequestError::JobNotFound(key.clone()))?;
    if !job.is_periodic() || job.is_parameterized() {
        return Err(LaunchError::NotPeriodic.into());
    }
    let free = (0..FREE_SECONDS)
        .map(|second| now + Nanos::from_secs(second))
        .find(|at| state.job(&job.periodic_child_key(*at)).is_none())
        .ok_or_else(|| LaunchError::TooOften(key.clone()))?;
    let mut registration = child_of(now, job, free, eval, RegisteredBy::Caller);
    registration.enforce_index = Some(0);
    Ok((job.periodic_child_key(free), Command::RegisterJob(Box::new(registration))))
}

/// The command that dispatches a parameterized job.
///
/// # Errors
/// The job cannot be dispatched, or not in this way.
pub fn dispatch_job(state: &State, now: Timestamp, request: DispatchJob) -> Result<Dispatch, RequestError> {
    if state.config.reject_job_registration {
        return Err(RequestError::RegistrationRejected);
    }
    let parent = state.job(&request.key).ok_or(LaunchError::NoParameterizedJob)?;
    let rules = parent.parameterized.as_ref().filter(|_| parent.is_parameterized());
    let rules = rules.ok_or_else(|| LaunchError::NotParameterized(parent.id.clone()))?;
    if parent.stop {
        return Err(LaunchError::Stopped(parent.id.clone()).into());
    }
    check_dispatch(rules, &request)?;
    let token = &request.idempotency_token;
    if let Some(first) = state.dispatched_with(&request.key, token).filter(|_| !token.is_empty()) {
        return Ok(Dispatch::Existing(first.clone()));
    }
    let eval = request.eval;
    let child = dispatched_child(now, parent, request);
    let eval = (!child.is_parent()).then(|| eval_of(now, eval, &child, EvalTrigger::JobRegister));
    let key = child.key();
    let registration = JobRegistration {
        job: child,
        submission: None,
        enforce_index: Some(0),
        eval,
        by: RegisteredBy::Dispatch,
    };
    Ok(Dispatch::New(key, Box::new(Command::RegisterJob(Box::new(registration)))))
}

fn check_dispatch(rules: &Parameterized, request: &DispatchJob) -> Result<(), LaunchError> {
    if request.payload_bytes > MAX_PAYLOAD {
        return Err(LaunchError::PayloadTooLong { got: request.payload_bytes });
    }
    match (rules.payload.as_str(), request.payload_bytes == 0) {
        ("required", true) => return Err(LaunchError::PayloadRequired),
        ("forbidden", false) => return Err(LaunchError::PayloadForbidden),
        _ => {}
    }
    let missing: Vec<String> =
        rules.meta_required.iter().filter(|key| !request.meta.contains_key(*key)).cloned().collect();
    if !missing.is_empty() {
        return Err(LaunchError::MetaMissing(missing));
    }
    let permitted = |key: &&String| rules.meta_required.contains(key) || rules.meta_optional.contains(key);
    let unknown: Vec<String> = request.meta.keys().filter(|key| !permitted(key)).cloned().collect();
    if !unknown.is_empty() {
        return Err(LaunchError::MetaUnknown(unknown));
    }
    if request.id_prefix.chars().any(|letter| letter.is_whitespace() || letter == '\0') {
        return Err(LaunchError::IdPrefix(request.id_prefix.clone()));
    }
    if request.priority.is_some_and(|priority| !(1..=100).contains(&priority)) {
        return Err(LaunchError::Priority);
    }
    Ok(())
}

fn dispatched_child(now: Timestamp, parent: &Job, request: DispatchJob) -> Job {
    let prefix = match request.id_prefix.as_str() {
        "" => String::new(),
        prefix => format!("{prefix}-"),
    };
    let second = now.0.div_euclid(1_000_000_000);
    let id = format!("{}/dispatch-{prefix}{second}-{:08x}", parent.id, request.random);
    let mut meta = parent.meta.clone();
    meta.extend(request.meta);
    Job {
        parent_id: parent.id.clone(),
        name: id.clone(),
        id,
        dispatched: true,
        meta,
        payload: request.payload,
        priority: request.priority.unwrap_or(parent.priority),
        dispatch_idempotency_token: request.idempotency_token,
        ..parent.clone()
    }
}
