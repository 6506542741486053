//! `/v1/job/:id/scale`: the count of a group, and what was said about it.

use control::request::{self, RequestError, ScaleJob};
use model::document::Any;
use model::{ClientStatus, DesiredStatus, Job, TaskGroup};
use serde_json::{Map, Value, json};
use state::tables::ScalingEvent;
use state::{Snapshot, Table};

use super::job_writes::{commit, field, refused};
use super::reading::{found, job_key, object};
use crate::authorize::{Capability, Scope};
use crate::cluster::Cluster;
use crate::route::{Filter, Method, Reach, handler};
use crate::{ApiError, Call, Read, Reply, Route, views};

/// The endpoints about the counts of groups.
pub(super) fn routes<C: Cluster>() -> Vec<Route<C>> {
    const READ: &[Capability] =
        &[Capability::Namespace("read-job"), Capability::Namespace("read-job-scaling")];
    const SCALE: &[Capability] = &[Capability::Namespace("scale-job"), Capability::Namespace("submit-job")];
    let route = |method, capability, reach, handler| Route {
        method,
        path: "/v1/job/*id/scale",
        capability,
        scope: Scope::Namespace,
        filter: Filter::None,
        reach,
        handler,
    };
    vec![
        route(Method::Get, READ, Reach::Region, handler(status::<C>)),
        route(Method::Write, SCALE, Reach::Leader, handler(scale::<C>)),
    ]
}

/// `GET /v1/job/:id/scale`
async fn status<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let key = job_key(&call);
    object(&call, &[Table::Jobs, Table::Allocs], |state| {
        let table = state.indexes.of(Table::Jobs);
        let job = found(&call, state.job(&key), table, "job not found")?;
        let allocs = state.allocs_of_job(&key).map(|alloc| alloc.modify_index).max().unwrap_or(0);
        let scaled = state.job_record(&key).map_or(0, |record| record.scaling_index);
        let groups =
            job.task_groups.iter().map(|group| (group.name.clone(), group_status(state, job, group)));
        let value = json!({
            "JobCreateIndex": job.create_index, "JobID": &job.id, "JobModifyIndex": job.job_modify_index,
            "JobStopped": job.stop, "Namespace": &job.namespace,
            "TaskGroups": groups.collect::<Map<String, Value>>(),
        });
        Ok(Read { index: job.modify_index.max(allocs).max(scaled), value })
    })
    .await
}

fn group_status(state: &Snapshot, job: &Job, group: &TaskGroup) -> Value {
    let key = job.key();
    let (mut placed, mut running, mut healthy, mut unhealthy) = (0_u64, 0_u64, 0_u64, 0_u64);
    let wanted = state.allocs_of_job(&key).filter(|alloc| {
        *alloc.group == *group.name
            && alloc.job.create_index == job.create_index
            && alloc.desired == DesiredStatus::Run
            && !alloc.client.is_terminal()
    });
    for alloc in wanted {
        placed += 1;
        running += u64::from(alloc.client == ClientStatus::Running);
        match alloc.health.and_then(|health| health.healthy) {
            Some(true) => healthy += 1,
            Some(false) => unhealthy += 1,
            None => {}
        }
    }
    let record = state.job_record(&key);
    let events = record.and_then(|record| record.scaling.get(group.name.as_str()));
    let events = events.map_or_else(Vec::new, |events| events.iter().map(event).collect());
    json!({
        "Desired": group.count, "Events": views::list(events), "Healthy": healthy, "Placed": placed,
        "Running": running, "Unhealthy": unhealthy,
    })
}

fn event(event: &ScalingEvent) -> Value {
    json!({
        "Count": event.count, "CreateIndex": event.create_index, "Error": event.error,
        "EvalID": event.eval.map(|eval| eval.to_string()), "Message": &event.message,
        "Meta": event.meta.as_ref().map(|meta| &meta.0), "PreviousCount": event.previous_count,
        "Time": event.time.0,
    })
}

/// `PUT /v1/job/:id/scale`
async fn scale<C: Cluster>(mut call: Call<C>) -> Result<Reply, ApiError> {
    let body = call.take_json().await?;
    let key = job_key(&call);
    let eval = call.backend.eval_id();
    let target = field(&body, "Target").cloned().unwrap_or(Value::Null);
    let text = |from: &Value, name: &str| field(from, name).and_then(Value::as_str).unwrap_or("").to_owned();
    let named = text(&target, "Job");
    if !named.is_empty() && named != *key.id {
        return Err(ApiError::bad_request("job ID in payload did not match URL"));
    }
    let request = ScaleJob {
        key: key.clone(),
        group: text(&target, "Group"),
        count: field(&body, "Count").and_then(Value::as_i64),
        message: text(&body, "Message"),
        error: field(&body, "Error").and_then(Value::as_bool).unwrap_or(false),
        meta: field(&body, "Meta").filter(|meta| !meta.is_null()).cloned().map(Any),
        enforce_index: field(&body, "JobModifyIndex").and_then(Value::as_u64).filter(|index| *index > 0),
        management: call.authorized.is_management(),
        eval,
    };
    let state = call.backend.snapshot();
    let command = request::scale_job(&state, call.backend.now(), request).map_err(|error| match error {
        RequestError::Scale(error) => ApiError::bad_request(error.to_string()),
        other => refused(other),
    })?;
    let answer = commit(&call, command, &key, eval).await?;
    let mut body = answer.body();
    body["KnownLeader"] = call.backend.contact().known_leader.into();
    body["Warnings"] = "".into();
    Ok(Reply::json(&body)?.with_meta(call.read_meta(answer.index)))
}
