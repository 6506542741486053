//! Requests about jobs: register, deregister, evaluate.

use std::collections::BTreeSet;

use model::{Eval, EvalId, EvalTrigger, Job, JobKey, JobKind, JobSubmission, Timestamp};
use state::apply::JobRegistration;
use state::{Command, State};

use super::RequestError;

/// Priority of an evaluation whose job says none.
const DEFAULT_PRIORITY: u8 = 50;

/// A job to register.
#[derive(Debug, Clone)]
pub struct RegisterJob {
    /// The job, canonical.
    pub job: Job,
    /// The text it was submitted as.
    pub submission: Option<JobSubmission>,
    /// Only if the specification was last changed at this index; 0 means that it must be new.
    pub enforce_index: Option<u64>,
    /// Keeps the counts of groups that are registered already.
    pub preserve_counts: bool,
    /// Priority of the evaluation; none means the job's.
    pub eval_priority: Option<u8>,
    /// Whether the caller may register jobs whatever the scheduler configuration says.
    pub management: bool,
    /// Id for the evaluation.
    pub eval: EvalId,
}

/// A job to stop.
#[derive(Debug, Clone)]
pub struct DeregisterJob {
    /// The job.
    pub key: JobKey,
    /// Forgets it at once.
    pub purge: bool,
    /// Stops its tasks without waiting for shutdown delays.
    pub no_shutdown_delay: bool,
    /// Priority of the evaluation; none means the job's.
    pub eval_priority: Option<u8>,
    /// Id for the evaluation.
    pub eval: EvalId,
}

/// A job to look at again.
#[derive(Debug, Clone)]
pub struct EvaluateJob {
    /// The job.
    pub key: JobKey,
    /// Reschedules its failed allocations whatever their policy says.
    pub force_reschedule: bool,
    /// Id for the evaluation.
    pub eval: EvalId,
}

/// The command that registers a job, with its evaluation.
///
/// # Errors
/// The job is not valid, or does not belong here.
pub fn register_job(
    state: &State,
    now: Timestamp,
    region: &str,
    request: RegisterJob,
) -> Result<Command, RequestError> {
    let RegisterJob { mut job, submission, enforce_index, preserve_counts, eval_priority, management, eval } =
        request;
    if state.config.reject_job_registration && !management {
        return Err(RequestError::RegistrationRejected);
    }
    admit(state, region, &mut job)?;
    check_priority(eval_priority)?;
    let key = job.key();
    let existing = state.job(&key);
    if let Some(wanted) = enforce_index {
        check_index(wanted, existing.map(|job| job.job_modify_index))?;
    }
    if let Some(existing) = existing.filter(|_| preserve_counts) {
        for group in &mut job.task_groups {
            if let Some(old) = existing.group(&group.name) {
                group.count = old.count;
            }
        }
    }
    job.submit_time = Some(now.0);
    let eval = (!job.is_parent()).then(|| {
        let priority = eval_priority.unwrap_or_else(|| priority_of(&job));
        new_eval(now, eval, key, job.kind(), priority, EvalTrigger::JobRegister)
    });
    Ok(Command::RegisterJob(Box::new(JobRegistration {
        job,
        submission,
        enforce_index,
        eval,
        by: state::apply::RegisteredBy::Caller,
    })))
}

/// The command that stops a job, or forgets it. One that is not there is stopped without effect, as the API does.
///
/// # Errors
/// The priority is out of range.
pub fn deregister_job(
    state: &State,
    now: Timestamp,
    request: DeregisterJob,
) -> Result<Command, RequestError> {
    let DeregisterJob { key, purge, no_shutdown_delay, eval_priority, eval } = request;
    check_priority(eval_priority)?;
    let job = state.job(&key);
    let eval = if job.is_some_and(|job| job.is_parent()) {
        None
    } else {
        let priority = eval_priority.or_else(|| job.map(|job| priority_of(job))).unwrap_or(DEFAULT_PRIORITY);
        // Its scheduler must be its own, so that the stop of a system job reaches the system scheduler.
        let kind = job.map_or(JobKind::Service, |job| job.kind());
        Some(Box::new(new_eval(now, eval, key.clone(), kind, priority, EvalTrigger::JobDeregister)))
    };
    Ok(Command::DeregisterJob { key, purge, no_shutdown_delay, eval })
}

/// The command that has the scheduler look at a job again.
///
/// # Errors
/// The job is not there, or is only a template of others.
pub fn evaluate_job(state: &State, now: Timestamp, request: &EvaluateJob) -> Result<Command, RequestError> {
    let Some(job) = state.job(&request.key) else {
        return Err(RequestError::JobNotFound(request.key.clone()));
    };
    if job.is_periodic() {
        return Err(RequestError::ParentJob { kind: "periodic" });
    }
    if job.is_parameterized() {
        return Err(RequestError::ParentJob { kind: "parameterized" });
    }
    let mut eval = new_eval(
        now,
        request.eval,
        request.key.clone(),
        job.kind(),
        priority_of(job),
        EvalTrigger::JobRegister,
    );
    eval.job_modify_index = job.job_modify_index;
    if !request.force_reschedule {
        return Ok(Command::UpsertEvals(vec![eval]));
    }
    let transition =
        model::AllocTransition { force_reschedule: Some(true), ..model::AllocTransition::default() };
    let transitions = state
        .allocs_of_job(&request.key)
        .filter(|alloc| alloc.client == model::ClientStatus::Failed && alloc.next.is_none())
        .map(|alloc| (alloc.id, transition))
        .collect();
    Ok(Command::SetAllocTransitions { transitions, evals: vec![eval] })
}

/// Fills in region and namespace and checks that the job may live here.
pub(super) fn admit(state: &State, region: &str, job: &mut Job) -> Result<(), RequestError> {
    if job.id.is_empty() {
        return Err(RequestError::NoJobId);
    }
    if job.region.is_empty() || job.region == "global" {
        job.region = region.to_owned();
    }
    if job.region != region {
        return Err(RequestError::OtherRegion { wanted: job.region.clone(), here: region.to_owned() });
    }
    if job.namespace.is_empty() {
        job.namespace = "default".to_owned();
    }
    if state.namespace(&job.namespace).is_none() {
        return Err(RequestError::NoNamespace { job: job.id.clone(), namespace: job.namespace.clone() });
    }
    if job.node_pool.is_empty() {
        job.node_pool = "default".to_owned();
    }
    if state.node_pool(&job.node_pool).is_none() {
        return Err(RequestError::NoNodePool { job: job.id.clone(), pool: job.node_pool.clone() });
    }
    let problems = problems(job);
    if problems.is_empty() {
        return Ok(());
    }
    let noun = if problems.len() == 1 {
        "1 error occurred".to_owned()
    } else {
        format!("{} errors occurred", problems.len())
    };
    Err(RequestError::InvalidJob(format!("{noun}:\n\t* {}\n\n", problems.join("\n\t* "))))
}

/// What would keep the scheduler from handling the job at all. Field by field validation is the document's.
fn problems(job: &Job) -> Vec<String> {
    let mut problems = Vec::new();
    if let Err(unknown) = job.job_type.parse::<JobKind>() {
        problems.push(unknown.to_string());
    }
    if !(1..=100).contains(&job.priority) {
        problems.push("Job priority must be between [1, 100]".to_owned());
    }
    if job.task_groups.is_empty() {
        problems.push("Missing job task groups".to_owned());
    }
    let mut names = BTreeSet::new();
    for group in &job.task_groups {
        if !names.insert(group.name.as_str()) {
            problems.push(format!("Job task group {} defined more than once", group.name));
        }
        if group.count < 0 {
            problems.push(format!(
                "Task group {} validation failed: Task group count can't be negative",
                group.name
            ));
        }
        if group.tasks.is_empty() {
            problems
                .push(format!("Task group {} validation failed: Missing tasks for task group", group.name));
        }
    }
    problems
}

pub(super) fn check_index(wanted: u64, existing: Option<u64>) -> Result<(), RequestError> {
    let problem = match existing {
        Some(_) if wanted == 0 => "job already exists".to_owned(),
        Some(index) if index != wanted => format!("job exists with conflicting job modify index: {index}"),
        None if wanted != 0 => "job does not exist".to_owned(),
        Some(_) | None => return Ok(()),
    };
    Err(RequestError::JobModifyIndex { wanted, problem })
}

const fn check_priority(priority: Option<u8>) -> Result<(), RequestError> {
    match priority {
        Some(0 | 101..) => Err(RequestError::EvalPriority),
        Some(_) | None => Ok(()),
    }
}

/// The priority of a job's evaluations.
pub(crate) fn priority_of(job: &Job) -> u8 {
    u8::try_from(job.priority).unwrap_or(DEFAULT_PRIORITY)
}

/// A pending evaluation made now.
pub(crate) fn new_eval(
    now: Timestamp,
    id: EvalId,
    key: JobKey,
    kind: JobKind,
    priority: u8,
    trigger: EvalTrigger,
) -> Eval {
    let mut eval = Eval::new(id, key, kind, priority, trigger);
    eval.create_time = now;
    eval.modify_time = now;
    eval
}

/// A pending evaluation of a job that is in the state.
pub(crate) fn eval_of(now: Timestamp, id: EvalId, job: &Job, trigger: EvalTrigger) -> Eval {
    let mut eval = new_eval(now, id, job.key(), job.kind(), priority_of(job), trigger);
    eval.job_modify_index = job.job_modify_index;
    eval
}
