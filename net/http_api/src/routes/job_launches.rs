//! Children of one job by request: forced launches of a schedule, dispatches of a template.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use control::request::{self, Dispatch, DispatchJob, MAX_PAYLOAD};
use model::{EvalId, JobKey};
use serde_json::{Value, json};
use state::{ApplyError, Command};

use super::job_writes::{field, not_applied, refused};
use super::reading::job_key;
use crate::authorize::{Capability, Scope};
use crate::cluster::Cluster;
use crate::route::{Filter, Handler, Method, Reach, handler};
use crate::{ApiError, Call, Meta, Reply, Route};

/// The endpoints that make children of a job.
pub(super) fn routes<C: Cluster>() -> Vec<Route<C>> {
    const DISPATCH: &[Capability] = &[Capability::Namespace("dispatch-job")];
    const FORCE: &[Capability] = &[
        Capability::Namespace("dispatch-job"),
        Capability::Namespace("submit-job"),
        Capability::Namespace("force-periodic-job"),
    ];
    let write = |path, capability, handler: Handler<C>| Route {
        method: Method::Write,
        path,
        capability,
        scope: Scope::Namespace,
        filter: Filter::None,
        reach: Reach::Leader,
        handler,
    };
    vec![
        write("/v1/job/*id/dispatch", DISPATCH, handler(dispatch::<C>)),
        write("/v1/job/*id/dispatch/payload", DISPATCH, handler(dispatch_payload::<C>)),
        write("/v1/job/*id/periodic/force", FORCE, handler(force::<C>)),
    ]
}

/// `PUT /v1/job/:id/periodic/force`
async fn force<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let eval = call.backend.eval_id();
    let state = call.backend.snapshot();
    let launch = request::force_launch(&state, call.backend.now(), &job_key(&call), eval);
    let (_, command) = launch.map_err(refused)?;
    let applied = call.backend.propose(command).await?;
    applied.reply.as_ref().map_err(not_applied)?;
    let (id, create_index) = eval_made(&call, eval);
    let body = json!({ "EvalCreateIndex": create_index, "EvalID": id, "Index": applied.index });
    Ok(Reply::json(&body)?.with_meta(Meta::write(applied.index)))
}

/// `PUT /v1/job/:id/dispatch`
async fn dispatch<C: Cluster>(mut call: Call<C>) -> Result<Reply, ApiError> {
    let body = call.take_optional_json().await?.unwrap_or(Value::Null);
    let named = field(&body, "JobID").and_then(Value::as_str).unwrap_or("");
    if !named.is_empty() && named != call.param("id") {
        return Err(ApiError::bad_request("Job ID does not match"));
    }
    let payload = field(&body, "Payload").and_then(Value::as_str).unwrap_or("");
    let payload = STANDARD
        .decode(payload)
        .map_err(|error| ApiError::bad_request(format!("Payload is not base64: {error}")))?;
    make_child(&call, &body, &payload).await
}

/// `PUT /v1/job/:id/dispatch/payload`: the body is the payload.
async fn dispatch_payload<C: Cluster>(mut call: Call<C>) -> Result<Reply, ApiError> {
    let payload = call.take_body().await?;
    make_child(&call, &Value::Null, &payload).await
}

async fn make_child<C: Cluster>(call: &Call<C>, body: &Value, payload: &[u8]) -> Result<Reply, ApiError> {
    let text = |name: &str| field(body, name).and_then(Value::as_str).unwrap_or("").to_owned();
    let eval = call.backend.eval_id();
    let [.., a, b, c, d] = call.backend.random_id().to_be_bytes();
    let request = DispatchJob {
        key: job_key(call),
        payload_bytes: payload.len(),
        // One that is too long is refused by its length; it need not be encoded.
        payload: (1..=MAX_PAYLOAD).contains(&payload.len()).then(|| STANDARD.encode(payload)),
        meta: meta(body)?,
        id_prefix: text("IdPrefixTemplate"),
        priority: field(body, "Priority").and_then(Value::as_i64).filter(|priority| *priority != 0),
        idempotency_token: call.query.raw.get("idempotency_token").unwrap_or("").to_owned(),
        random: u32::from_be_bytes([a, b, c, d]),
        eval,
    };
    let state = call.backend.snapshot();
    match request::dispatch_job(&state, call.backend.now(), request).map_err(refused)? {
        Dispatch::Existing(child) => existing(call, &child),
        Dispatch::New(child, command) => propose_child(call, child, *command, eval).await,
    }
}

async fn propose_child<C: Cluster>(
    call: &Call<C>,
    child: JobKey,
    command: Command,
    eval: EvalId,
) -> Result<Reply, ApiError> {
    let applied = call.backend.propose(command).await?;
    match &applied.reply {
        Err(ApplyError::DispatchedAlready(first)) => existing(call, first),
        Err(other) => Err(not_applied(other)),
        Ok(_) => {
            let (id, create_index) = eval_made(call, eval);
            let body = json!({
                "DispatchedJobID": &*child.id, "EvalCreateIndex": create_index, "EvalID": id,
                "Index": applied.index, "JobCreateIndex": applied.index,
            });
            Ok(Reply::json(&body)?.with_meta(Meta::write(applied.index)))
        }
    }
}

/// The answer for a child that an earlier request with the same token made.
fn existing<C: Cluster>(call: &Call<C>, child: &JobKey) -> Result<Reply, ApiError> {
    let state = call.backend.snapshot();
    let created = state.job(child).map_or(0, |job| job.create_index);
    let first = state.evals_of_job(child).min_by_key(|eval| (eval.create_index, eval.id));
    let body = json!({
        "DispatchedJobID": &*child.id,
        "EvalCreateIndex": first.map_or(0, |eval| eval.create_index),
        "EvalID": first.map_or_else(String::new, |eval| eval.id.to_string()),
        "Index": created, "JobCreateIndex": created,
    });
    Ok(Reply::json(&body)?.with_meta(Meta::write(created)))
}

/// The id and creation index of an evaluation, as far as it was made.
fn eval_made<C: Cluster>(call: &Call<C>, eval: EvalId) -> (String, u64) {
    let state = call.backend.snapshot();
    state.eval(eval).map_or_else(Default::default, |eval| (eval.id.to_string(), eval.create_index))
}

fn meta(body: &Value) -> Result<BTreeMap<String, String>, ApiError> {
    let Some(meta) = field(body, "Meta").filter(|meta| !meta.is_null()) else { return Ok(BTreeMap::new()) };
    let entries = meta.as_object().ok_or_else(|| ApiError::bad_request("Meta must be an object"))?;
    let entry = |(key, value): (&String, &Value)| match value.as_str() {
        Some(text) => Ok((key.clone(), text.to_owned())),
        None => Err(ApiError::bad_request(format!("Meta[{key:?}] must be a text"))),
    };
    entries.iter().map(entry).collect()
}
