//! Changing one job: register, stop, plan, evaluate.

use control::request::{self, DeregisterJob, EvaluateJob, RegisterJob, RequestError};
use http::StatusCode;
use model::{EvalId, Job, JobDraft, JobKey, JobSubmission, JobSubmissionDraft};
use serde_json::{Value, json};
use state::{ApplyError, Command};

use super::explain;
use super::reading::job_key;
use crate::authorize::On;
use crate::cluster::Cluster;
use crate::{ApiError, Call, Meta, Reply};

/// Longest source that is kept with a job, in bytes.
const MAX_SOURCE: usize = 1_000_000;

/// `PUT /v1/job/:id`
pub(super) async fn update<C: Cluster>(mut call: Call<C>) -> Result<Reply, ApiError> {
    let body = call.take_json().await?;
    let draft = job_draft(&body)?;
    if draft.id.as_deref() != Some(call.param("id")) {
        return Err(ApiError::bad_request("Job ID does not match name"));
    }
    register(&call, draft, &body).await
}

/// Registers the job of a request's body.
pub(super) async fn register<C: Cluster>(
    call: &Call<C>,
    draft: JobDraft,
    body: &Value,
) -> Result<Reply, ApiError> {
    let (job, warnings) = prepare(call, draft)?;
    call.authorized.require(On::Namespace(&job.namespace))?;
    let key = job.key();
    let unsupported: Vec<String> = job.unsupported().iter().map(ToString::to_string).collect();
    let eval = call.backend.eval_id();
    let (submission, source_warning) = submission(body, &job)?;
    let enforce = field(body, "EnforceIndex").and_then(Value::as_bool).unwrap_or(false);
    let request = RegisterJob {
        enforce_index: enforce.then(|| field(body, "JobModifyIndex").and_then(Value::as_u64).unwrap_or(0)),
        preserve_counts: field(body, "PreserveCounts").and_then(Value::as_bool).unwrap_or(false),
        eval_priority: eval_priority(field(body, "EvalPriority").and_then(Value::as_i64))?,
        management: call.authorized.is_management(),
        job,
        submission,
        eval,
    };
    let state = call.backend.snapshot();
    let command = request::register_job(&state, call.backend.now(), call.backend.region(), request);
    let warnings = [warnings, unsupported, source_warning].concat();
    let answer = commit(call, command.map_err(refused)?, &key, eval).await?;
    let mut body = answer.body();
    body["Warnings"] = join_warnings(&warnings).into();
    Ok(Reply::json(&body)?.with_meta(Meta::write(answer.index)))
}

/// `DELETE /v1/job/:id`
pub(super) async fn stop<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let key = job_key(&call);
    let raw = &call.query.raw;
    let priority = raw.get("eval_priority").map(str::parse).transpose();
    let priority = priority.map_err(|_| ApiError::bad_request("Eval priority must be an integer"))?;
    let eval = call.backend.eval_id();
    let request = DeregisterJob {
        key: key.clone(),
        purge: boolean(&call, "purge")?,
        no_shutdown_delay: boolean(&call, "no_shutdown_delay")?,
        eval_priority: eval_priority(priority)?,
        eval,
    };
    if request.purge {
        let allowed = ["submit-job", "purge-job"].into_iter().any(|name| {
            call.authorized
                .allows(crate::authorize::Capability::Namespace(name), On::Namespace(&key.namespace))
        });
        if !allowed {
            return Err(ApiError::permission_denied());
        }
    }
    let state = call.backend.snapshot();
    let command = request::deregister_job(&state, call.backend.now(), request).map_err(refused)?;
    let answer = commit(&call, command, &key, eval).await?;
    let mut body = answer.body();
    body["VolumeEvalID"] = "".into();
    body["VolumeEvalIndex"] = 0.into();
    Ok(Reply::json(&body)?.with_meta(Meta::write(answer.index)))
}

/// `PUT /v1/job/:id/evaluate`
pub(super) async fn evaluate<C: Cluster>(mut call: Call<C>) -> Result<Reply, ApiError> {
    let body = call.take_optional_json().await?.unwrap_or(Value::Null);
    let options = field(&body, "EvalOptions").cloned().unwrap_or(Value::Null);
    let key = job_key(&call);
    let eval = call.backend.eval_id();
    let force_reschedule = field(&options, "ForceReschedule").and_then(Value::as_bool).unwrap_or(false);
    let request = EvaluateJob { key: key.clone(), force_reschedule, eval };
    let state = call.backend.snapshot();
    let command = request::evaluate_job(&state, call.backend.now(), &request).map_err(refused)?;
    let answer = commit(&call, command, &key, eval).await?;
    let mut body = answer.body();
    body["Warnings"] = "".into();
    Ok(Reply::json(&body)?.with_meta(Meta::write(answer.index)))
}

/// `PUT /v1/job/:id/plan`
pub(super) async fn plan<C: Cluster>(mut call: Call<C>) -> Result<Reply, ApiError> {
    let body = call.take_json().await?;
    let draft = job_draft(&body)?;
    if draft.id.as_deref() != Some(call.param("id")) {
        return Err(ApiError::bad_request("Job ID does not match"));
    }
    let with_diff = field(&body, "Diff").and_then(Value::as_bool).unwrap_or(false);
    let with_nodes = field(&body, "Explain").and_then(Value::as_bool).unwrap_or(false);
    let (job, warnings) = prepare(&call, draft)?;
    call.authorized.require(On::Namespace(&job.namespace))?;
    let state = call.backend.snapshot();
    let seed = call.backend.random_id();
    let old = state.job(&job.key()).cloned();
    let report = request::plan_job(&state, call.backend.now(), call.backend.region(), job.clone(), seed)
        .map_err(refused)?;
    let annotations = report.annotations.as_ref();
    let launch = job.periodic.as_ref().filter(|periodic| periodic.enabled).and_then(|periodic| {
        // Times of day without a zone of their own are those of UTC, on every server alike.
        periodic.schedule("").ok()?.next_after(call.backend.now())
    });
    let diff = with_diff.then(|| model::diff::job_diff(old.as_deref(), Some(&job), annotations));
    let failed: serde_json::Map<String, Value> = report
        .failed
        .iter()
        .map(|(group, metric)| (group.to_string(), crate::views::metric(metric)))
        .collect();
    let created: Vec<Value> = report.created.iter().map(crate::views::eval).collect();
    let mut answer = json!({
        "Annotations": annotations.map_or(Value::Null, crate::views::annotations),
        "CreatedEvals": if created.is_empty() { Value::Null } else { created.into() },
        "Diff": diff,
        "FailedTGAllocs": if failed.is_empty() { Value::Null } else { failed.into() },
        "Index": state.index,
        "JobModifyIndex": old.map_or(0, |old| old.job_modify_index),
        "NextPeriodicLaunch": launch.map_or(Value::Null, crate::views::time),
        "Warnings": join_warnings(&warnings),
    });
    if with_nodes {
        let planned = request::planned_state(&state, call.backend.now(), call.backend.region(), job.clone());
        answer["Explained"] = explain::planned(&call, &planned.map_err(refused)?, &job.key()).await?;
    }
    Ok(Reply::json(&answer)?.with_meta(Meta::write(state.index)))
}

/// A committed write of a job.
pub(super) struct Answer {
    pub(super) index: u64,
    job_modify_index: u64,
    eval: Option<EvalId>,
}

impl Answer {
    pub(super) fn body(&self) -> Value {
        json!({
            "EvalCreateIndex": self.eval.map_or(0, |_| self.index),
            "EvalID": self.eval.map_or_else(String::new, |eval| eval.to_string()),
            "Index": self.index, "JobModifyIndex": self.job_modify_index, "KnownLeader": false,
            "LastContact": 0, "NextToken": "",
        })
    }
}

pub(super) async fn commit<C: Cluster>(
    call: &Call<C>,
    command: Command,
    key: &JobKey,
    eval: EvalId,
) -> Result<Answer, ApiError> {
    let applied = call.backend.propose(command).await?;
    applied.reply.as_ref().map_err(not_applied)?;
    let state = call.backend.snapshot();
    let job_modify_index = state.job(key).map_or(applied.index, |job| job.job_modify_index);
    Ok(Answer { index: applied.index, job_modify_index, eval: state.eval(eval).map(|_| eval) })
}

/// The job of a body, `{"Job": …}`.
pub(crate) fn job_draft(body: &Value) -> Result<JobDraft, ApiError> {
    let job = field(body, "Job").filter(|job| !job.is_null());
    let job = job.ok_or_else(|| ApiError::bad_request("Job must be specified"))?;
    let draft = JobDraft::from_json(job).map_err(|error| ApiError::bad_request(error.to_string()))?;
    if draft.id.as_deref().unwrap_or("").is_empty() {
        return Err(ApiError::bad_request("Job ID hasn't been provided"));
    }
    Ok(draft)
}

/// Fills in defaults and checks; returns the canonical job with its warnings.
pub(super) fn prepare<C: Cluster>(
    call: &Call<C>,
    mut draft: JobDraft,
) -> Result<(Job, Vec<String>), ApiError> {
    if call.query.namespace_given || draft.namespace.as_deref().unwrap_or("").is_empty() {
        draft.namespace = Some(call.query.namespace.clone());
    }
    let job = draft.admit(call.backend.region());
    let report = job.validate();
    if let Some(text) = report.error_text() {
        return Err(ApiError::internal(text));
    }
    Ok((job, report.warnings))
}

/// `1 warning:` and what follows; empty without any.
pub(super) fn join_warnings(warnings: &[String]) -> String {
    match warnings {
        [] => String::new(),
        [one] => format!("1 warning:\n\n* {one}"),
        many => format!("{} warnings:\n\n* {}", many.len(), many.join("\n* ")),
    }
}

fn submission(body: &Value, job: &Job) -> Result<(Option<JobSubmission>, Vec<String>), ApiError> {
    let Some(json) = field(body, "Submission").filter(|json| !json.is_null()) else {
        return Ok((None, Vec::new()));
    };
    let draft =
        JobSubmissionDraft::from_json(json).map_err(|error| ApiError::bad_request(error.to_string()))?;
    let mut submission = draft.resolve();
    if submission.source.len() > MAX_SOURCE {
        let warning = format!(
            "job source size of {} bytes exceeds maximum of {MAX_SOURCE} bytes and will be discarded",
            submission.source.len()
        );
        return Ok((None, vec![warning]));
    }
    submission.namespace.clone_from(&job.namespace);
    submission.job_id.clone_from(&job.id);
    Ok((Some(submission), Vec::new()))
}

fn eval_priority(priority: Option<i64>) -> Result<Option<u8>, ApiError> {
    match priority {
        None | Some(0) => Ok(None),
        Some(priority) => u8::try_from(priority)
            .ok()
            .filter(|priority| *priority <= 100)
            .map(Some)
            .ok_or_else(|| ApiError::bad_request("Eval priority must be between 1 and 100 inclusively")),
    }
}

fn boolean<C: Cluster>(call: &Call<C>, name: &str) -> Result<bool, ApiError> {
    let Some(text) = call.query.raw.get(name) else { return Ok(false) };
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err(ApiError::internal(format!(
            "Failed to parse value of {name:?} ({text}) as a bool: strconv.ParseBool: parsing {text:?}: invalid syntax"
        ))),
    }
}

/// A field of a body, whatever the case of its name.
pub(crate) fn field<'a>(body: &'a Value, name: &str) -> Option<&'a Value> {
    body.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// Says why a request was refused before it reached the log.
pub(crate) fn refused(error: RequestError) -> ApiError {
    let text = error.to_string();
    match error {
        RequestError::JobNotFound(_)
        | RequestError::NodeNotFound(_)
        | RequestError::AllocNotFound(_)
        | RequestError::DeploymentNotFound(_) => ApiError::not_found(text),
        RequestError::EvalPriority | RequestError::NoJobId => ApiError::bad_request(text),
        RequestError::RegistrationRejected | RequestError::NodeSecret(_) => {
            ApiError::new(StatusCode::FORBIDDEN, text)
        }
        RequestError::DeploymentTerminal { .. }
        | RequestError::OtherRegion { .. }
        | RequestError::NoNamespace { .. }
        | RequestError::NoNodePool { .. }
        | RequestError::InvalidJob(_)
        | RequestError::JobModifyIndex { .. }
        | RequestError::ParentJob { .. }
        | RequestError::PriorVersion { .. }
        | RequestError::RevertToCurrent
        | RequestError::VersionNotFound { .. }
        | RequestError::Launch(_)
        | RequestError::Scale(_)
        | RequestError::TooManyUpdates { .. } => ApiError::internal(text),
    }
}

/// Says why a committed command changed nothing.
pub(super) fn not_applied(error: &ApplyError) -> ApiError {
    ApiError::internal(error.to_string())
}
