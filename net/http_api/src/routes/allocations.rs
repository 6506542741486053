//! `/v1/allocations` and `/v1/allocation/:id`.

use std::sync::Arc;

use control::request::{self, StopAlloc};
use model::{Alloc, AllocId};
use serde_json::{Value, json};
use state::Table;

use super::job_writes::{not_applied, refused};
use super::reading::{self, Entry, Listing, check_uuid_prefix, found, in_namespace, object};
use crate::Order;
use crate::authorize::{Capability, On, Scope};
use crate::cluster::Cluster;
use crate::route::{Filter, Method, Reach, handler};
use crate::{ApiError, Call, Meta, PageKey, Read, Reply, Route, views};

/// The endpoints of allocations.
pub(super) fn routes<C: Cluster>() -> Vec<Route<C>> {
    const READ: &[Capability] = &[Capability::Namespace("read-job")];
    vec![
        Route {
            method: Method::Get,
            path: "/v1/allocations",
            capability: READ,
            scope: Scope::Namespace,
            filter: Filter::Entries,
            reach: Reach::Region,
            handler: handler(list::<C>),
        },
        Route {
            method: Method::Get,
            path: "/v1/allocation/:id",
            capability: READ,
            scope: Scope::Object,
            filter: Filter::None,
            reach: Reach::Region,
            handler: handler(one::<C>),
        },
        Route {
            method: Method::Write,
            path: "/v1/allocation/:id/stop",
            capability: &[Capability::Namespace("alloc-lifecycle")],
            scope: Scope::Object,
            filter: Filter::None,
            reach: Reach::Leader,
            handler: handler(stop::<C>),
        },
    ]
}

/// `GET /v1/allocations`
async fn list<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    check_uuid_prefix(&call.query.prefix, "alloc")?;
    let with_resources = call.query.raw.boolean("resources")?.unwrap_or(false);
    let with_states = call.query.raw.boolean("task_states")?.unwrap_or(true);
    let by_prefix = !call.query.prefix.is_empty();
    let listing = Listing { call: &call, tables: &[Table::Allocs], order: Order::of(&call.query) };
    listing
        .answer(|state| {
            let mut allocs: Vec<&Arc<Alloc>> = state
                .allocs()
                .filter(|alloc| in_namespace(&call, &alloc.job.namespace))
                .filter(|alloc| !by_prefix || alloc.id.to_string().starts_with(&call.query.prefix))
                .collect();
            if !by_prefix {
                allocs.sort_by_key(|alloc| (alloc.create_index, alloc.id));
            }
            let entry = |alloc: &&Arc<Alloc>| Entry {
                namespace: Some(alloc.job.namespace.clone()),
                key: if by_prefix {
                    PageKey::Id(alloc.id.to_string())
                } else {
                    PageKey::Created { index: alloc.create_index, id: alloc.id.to_string() }
                },
                document: if call.query.filter.is_empty() { Value::Null } else { views::alloc(alloc, false) },
                stub: views::alloc_stub(alloc, with_resources, with_states),
            };
            Ok(allocs.iter().map(entry).collect())
        })
        .await
}

/// `GET /v1/allocation/:id`
async fn one<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let id: AllocId = reading::id(call.param("id"), "alloc")?;
    object(&call, &[Table::Allocs], |state| {
        let alloc = found(&call, state.alloc(id), state.indexes.of(Table::Allocs), "alloc not found")?;
        call.authorized.require(On::Namespace(&alloc.job.namespace))?;
        Ok(Read { index: alloc.modify_index, value: views::alloc(alloc, false) })
    })
    .await
}

/// `PUT /v1/allocation/:id/stop`
async fn stop<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let id: AllocId = reading::id(call.param("id"), "alloc")?;
    let state = call.backend.snapshot();
    let alloc = state.alloc(id).ok_or_else(|| ApiError::not_found("allocation not found"))?;
    call.authorized.require(On::Namespace(&alloc.job.namespace))?;
    let eval = call.backend.eval_id();
    let request = StopAlloc {
        id,
        no_shutdown_delay: call.query.raw.boolean("no_shutdown_delay")?.unwrap_or(false),
        reschedule: call.query.raw.boolean("reschedule")?.unwrap_or(false),
        eval,
    };
    let command = request::stop_alloc(&state, call.backend.now(), request).map_err(refused)?;
    let applied = call.backend.propose(command).await?;
    applied.reply.as_ref().map_err(not_applied)?;
    let body = json!({ "EvalID": eval.to_string(), "Index": applied.index });
    Ok(Reply::json(&body)?.with_meta(Meta::write(applied.index)))
}
