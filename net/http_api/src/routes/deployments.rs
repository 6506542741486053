//! `/v1/deployments` and `/v1/deployment/…`.

use std::sync::Arc;

use control::request;
use model::{Deployment, DeploymentId, Name};
use serde_json::{Value, json};
use state::{Command, Table};

use super::job_writes::{field, not_applied, refused};
use super::reading::{self, Entry, Listing, check_uuid_prefix, found, in_namespace, newest, object};
use crate::Order;
use crate::authorize::{Capability, On, Scope};
use crate::cluster::Cluster;
use crate::route::{Filter, Handler, Method, Reach, handler};
use crate::{ApiError, Call, Meta, PageKey, Read, Reply, Route, views};

const READ: &[Capability] = &[Capability::Namespace("read-job")];

/// The endpoints of deployments.
pub(super) fn routes<C: Cluster>() -> Vec<Route<C>> {
    let get = |path, scope, filter, handler: Handler<C>| Route {
        method: Method::Get,
        path,
        capability: READ,
        scope,
        filter,
        reach: Reach::Region,
        handler,
    };
    let write = |path, capability, handler: Handler<C>| Route {
        method: Method::Write,
        path,
        capability,
        scope: Scope::Object,
        filter: Filter::None,
        reach: Reach::Leader,
        handler,
    };
    const FAIL: &[Capability] =
        &[Capability::Namespace("submit-job"), Capability::Namespace("fail-deployment")];
    const PAUSE: &[Capability] =
        &[Capability::Namespace("submit-job"), Capability::Namespace("pause-deployment")];
    const PROMOTE: &[Capability] =
        &[Capability::Namespace("submit-job"), Capability::Namespace("promote-deployment")];
    vec![
        get("/v1/deployments", Scope::Namespace, Filter::Entries, handler(list::<C>)),
        get("/v1/deployment/:id", Scope::Object, Filter::None, handler(one::<C>)),
        get("/v1/deployment/allocations/:id", Scope::Object, Filter::None, handler(allocations::<C>)),
        write("/v1/deployment/fail/:id", FAIL, handler(fail::<C>)),
        write("/v1/deployment/pause/:id", PAUSE, handler(pause::<C>)),
        write("/v1/deployment/promote/:id", PROMOTE, handler(promote::<C>)),
    ]
}

/// `GET /v1/deployments`
async fn list<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    check_uuid_prefix(&call.query.prefix, "deployment")?;
    let by_prefix = !call.query.prefix.is_empty();
    let listing = Listing { call: &call, tables: &[Table::Deployments], order: Order::of(&call.query) };
    listing
        .answer(|state| {
            let mut deployments: Vec<&Arc<Deployment>> = state
                .deployments()
                .filter(|one| in_namespace(&call, &one.job.namespace))
                .filter(|one| !by_prefix || one.id.to_string().starts_with(&call.query.prefix))
                .collect();
            if !by_prefix {
                deployments.sort_by_key(|one| (one.create_index, one.id));
            }
            let entry = |one: &&Arc<Deployment>| Entry {
                namespace: Some(one.job.namespace.to_string()),
                key: if by_prefix {
                    PageKey::Id(one.id.to_string())
                } else {
                    PageKey::Created { index: one.create_index, id: one.id.to_string() }
                },
                document: if call.query.filter.is_empty() { Value::Null } else { views::deployment(one) },
                stub: views::deployment(one),
            };
            Ok(deployments.iter().map(entry).collect())
        })
        .await
}

/// `GET /v1/deployment/:id`
async fn one<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let id: DeploymentId = reading::id(call.param("id"), "deployment")?;
    object(&call, &[Table::Deployments], |state| {
        let table = state.indexes.of(Table::Deployments);
        let one = found(&call, state.deployment(id), table, "deployment not found")?;
        call.authorized.require(On::Namespace(&one.job.namespace))?;
        Ok(Read { index: one.modify_index, value: views::deployment(one) })
    })
    .await
}

/// `GET /v1/deployment/allocations/:id`
async fn allocations<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let id: DeploymentId = reading::id(call.param("id"), "deployment")?;
    object(&call, &[Table::Allocs], |state| {
        let table = state.indexes.of(Table::Deployments);
        let one = found(&call, state.deployment(id), table, "deployment not found")?;
        call.authorized.require(On::Namespace(&one.job.namespace))?;
        let allocs: Vec<_> = state.allocs_of_deployment(id).collect();
        let index = newest(allocs.iter().map(|alloc| alloc.modify_index), state.indexes.of(Table::Allocs));
        Ok(Read {
            index,
            value: allocs.into_iter().map(|alloc| views::alloc_stub(alloc, false, true)).collect(),
        })
    })
    .await
}

/// The deployment that a write is about, checked.
fn target<C: Cluster>(call: &Call<C>) -> Result<Arc<Deployment>, ApiError> {
    let id: DeploymentId = reading::id(call.param("id"), "deployment")?;
    let state = call.backend.snapshot();
    let one = state.deployment(id).ok_or_else(|| ApiError::not_found("deployment not found"))?;
    call.authorized.require(On::Namespace(&one.job.namespace))?;
    Ok(Arc::clone(one))
}

/// `PUT /v1/deployment/fail/:id`
async fn fail<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let id = target(&call)?.id;
    let eval = call.backend.eval_id();
    let state = call.backend.snapshot();
    let command = request::fail_deployment(&state, call.backend.now(), id, eval).map_err(refused)?;
    commit(&call, id, command, Some(eval)).await
}

/// `PUT /v1/deployment/pause/:id`
async fn pause<C: Cluster>(mut call: Call<C>) -> Result<Reply, ApiError> {
    let id = target(&call)?.id;
    let body = call.take_json().await?;
    match field(&body, "DeploymentID").and_then(Value::as_str).unwrap_or("") {
        "" => return Err(ApiError::bad_request("DeploymentID must be specified")),
        other if other != id.to_string() => {
            return Err(ApiError::bad_request("Deployment ID does not match"));
        }
        _ => {}
    }
    let paused = field(&body, "Pause").and_then(Value::as_bool).unwrap_or(false);
    let eval = call.backend.eval_id();
    let state = call.backend.snapshot();
    let command = request::pause_deployment(&state, call.backend.now(), id, paused, eval).map_err(refused)?;
    commit(&call, id, command, Some(eval)).await
}

/// `PUT /v1/deployment/promote/:id`
async fn promote<C: Cluster>(mut call: Call<C>) -> Result<Reply, ApiError> {
    let id = target(&call)?.id;
    let body = call.take_json().await?;
    let all = field(&body, "All").and_then(Value::as_bool).unwrap_or(false);
    let groups: Vec<Name> = field(&body, "Groups")
        .and_then(Value::as_array)
        .map(|groups| groups.iter().filter_map(Value::as_str).map(Name::from).collect())
        .unwrap_or_default();
    let eval = call.backend.eval_id();
    let state = call.backend.snapshot();
    let groups = (!all).then_some(groups);
    let command =
        request::promote_deployment(&state, call.backend.now(), id, groups, eval).map_err(refused)?;
    commit(&call, id, command, Some(eval)).await
}

async fn commit<C: Cluster>(
    call: &Call<C>,
    id: DeploymentId,
    command: Command,
    eval: Option<model::EvalId>,
) -> Result<Reply, ApiError> {
    let applied = call.backend.propose(command).await?;
    applied.reply.as_ref().map_err(not_applied)?;
    let state = call.backend.snapshot();
    let eval = eval.filter(|eval| state.eval(*eval).is_some());
    let modified = state.deployment(id).map_or(applied.index, |one| one.modify_index);
    let body = json!({
        "DeploymentModifyIndex": modified,
        "EvalCreateIndex": eval.map_or(0, |_| applied.index),
        "EvalID": eval.map_or_else(String::new, |eval| eval.to_string()),
        "Index": applied.index,
        "RevertedJobVersion": null,
    });
    Ok(Reply::json(&body)?.with_meta(Meta::write(applied.index)))
}
