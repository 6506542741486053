//! Versions of one job as things to act on: go back to one, name one, mark one as good.

use control::request::{self, RevertJob};
use model::{JobKey, Name, VersionTag};
use serde_json::{Value, json};
use state::Command;

use super::job_writes::{commit, field, not_applied, refused};
use super::reading::job_key;
use crate::authorize::{Capability, Scope};
use crate::cluster::Cluster;
use crate::route::{Filter, Handler, Method, Reach, handler};
use crate::{ApiError, Call, Reply, Route};

/// Longest name and longest description of a version, in bytes.
const MAX_TAG_TEXT: usize = 1000;

/// The endpoints that act on versions.
pub(super) fn routes<C: Cluster>() -> Vec<Route<C>> {
    const REVERT: &[Capability] = &[Capability::Namespace("submit-job"), Capability::Namespace("revert-job")];
    const STABLE: &[Capability] = &[Capability::Namespace("submit-job"), Capability::Namespace("stable-job")];
    const TAG: &[Capability] =
        &[Capability::Namespace("submit-job"), Capability::Namespace("tag-job-version")];
    let write = |method, path, capability, handler: Handler<C>| Route {
        method,
        path,
        capability,
        scope: Scope::Namespace,
        filter: Filter::None,
        reach: Reach::Leader,
        handler,
    };
    vec![
        write(Method::Write, "/v1/job/*id/revert", REVERT, handler(revert::<C>)),
        write(Method::Write, "/v1/job/*id/stable", STABLE, handler(stable::<C>)),
        write(Method::Write, "/v1/job/*id/versions/:name/tag", TAG, handler(tag::<C>)),
        write(Method::Delete, "/v1/job/*id/versions/:name/tag", TAG, handler(untag::<C>)),
    ]
}

/// `PUT /v1/job/:id/revert`
async fn revert<C: Cluster>(mut call: Call<C>) -> Result<Reply, ApiError> {
    let body = call.take_json().await?;
    let key = named_job(&call, &body)?;
    let version = number(&body, "JobVersion")?
        .ok_or_else(|| ApiError::bad_request("Job version to revert to must be specified"))?;
    let eval = call.backend.eval_id();
    let request = RevertJob {
        key: key.clone(),
        version,
        enforce_prior_version: number(&body, "EnforcePriorVersion")?,
        management: call.authorized.is_management(),
        eval,
    };
    let state = call.backend.snapshot();
    let command = request::revert_job(&state, call.backend.now(), call.backend.region(), &request);
    let answer = commit(&call, command.map_err(refused)?, &key, eval).await?;
    let mut body = answer.body();
    body["Warnings"] = "".into();
    Ok(Reply::json(&body)?.with_meta(call.read_meta(answer.index)))
}

/// `PUT /v1/job/:id/stable`
async fn stable<C: Cluster>(mut call: Call<C>) -> Result<Reply, ApiError> {
    let body = call.take_json().await?;
    let key = named_job(&call, &body)?;
    let version = number(&body, "JobVersion")?.unwrap_or(0);
    let stable = field(&body, "Stable").and_then(Value::as_bool).unwrap_or(false);
    let state = call.backend.snapshot();
    let command = request::set_stability(&state, key, version, stable).map_err(refused)?;
    let index = propose(&call, command).await?;
    let answer = json!({ "Index": index, "KnownLeader": false, "LastContact": 0, "NextToken": "" });
    Ok(Reply::json(&answer)?.with_meta(call.read_meta(index)))
}

/// `PUT /v1/job/:id/versions/:name/tag`
async fn tag<C: Cluster>(mut call: Call<C>) -> Result<Reply, ApiError> {
    let body = call.take_json().await?;
    let key = job_key(&call);
    let name = call.param("name").to_owned();
    let description = field(&body, "Description").and_then(Value::as_str).unwrap_or("").to_owned();
    for (what, text) in [("name", &name), ("description", &description)] {
        if text.len() > MAX_TAG_TEXT {
            return Err(ApiError::bad_request(format!(
                "the {what} of a version may have at most {MAX_TAG_TEXT} bytes"
            )));
        }
    }
    let version = number(&body, "Version")?.unwrap_or(0);
    let tag = Box::new(VersionTag { name: name.clone(), description, tagged_time: 0 });
    let index = propose(&call, Command::TagJobVersion { key: key.clone(), version, tag }).await?;
    let state = call.backend.snapshot();
    let stored = state.job_version(&key, version).and_then(|job| job.version_tag.clone());
    let stored = stored.ok_or_else(|| ApiError::internal(format!("tag {name:?} was taken away again")))?;
    Reply::json(&json!({
        "Description": stored.description, "Index": index, "KnownLeader": false, "LastContact": 0,
        "Name": stored.name, "NextToken": "", "TaggedTime": stored.tagged_time,
    }))
}

/// `DELETE /v1/job/:id/versions/:name/tag`
async fn untag<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let tag = Name::from(call.param("name"));
    let index = propose(&call, Command::UntagJobVersion { key: job_key(&call), tag }).await?;
    Reply::json(&json!({
        "Description": "", "Index": index, "KnownLeader": false, "LastContact": 0, "Name": "",
        "NextToken": "", "TaggedTime": 0,
    }))
}

/// The job of the path, which the body must not name differently.
fn named_job<C: Cluster>(call: &Call<C>, body: &Value) -> Result<JobKey, ApiError> {
    let named = field(body, "JobID").and_then(Value::as_str).unwrap_or("");
    if named.is_empty() {
        return Err(ApiError::bad_request("JobID must be specified"));
    }
    if named != call.param("id") {
        return Err(ApiError::bad_request("Job ID does not match"));
    }
    Ok(job_key(call))
}

fn number(body: &Value, name: &str) -> Result<Option<u64>, ApiError> {
    match field(body, name).filter(|value| !value.is_null()) {
        None => Ok(None),
        Some(value) => value
            .as_u64()
            .map(Some)
            .ok_or_else(|| ApiError::bad_request(format!("{name} must be a number that is not negative"))),
    }
}

async fn propose<C: Cluster>(call: &Call<C>, command: Command) -> Result<u64, ApiError> {
    let applied = call.backend.propose(command).await?;
    applied.reply.as_ref().map_err(not_applied)?;
    Ok(applied.index)
}
