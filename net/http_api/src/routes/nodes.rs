//! `/v1/nodes` and `/v1/node/:id`.

use std::sync::Arc;

use control::EvalIds;
use control::request::{self, DrainNode};
use model::{Nanos, Node, NodeId};
use serde_json::{Value, json};
use state::{Command, Snapshot, Table};

use super::job_writes::{field, not_applied, refused};
use super::reading::{self, Entry, Listing, check_uuid_prefix, found, newest, object};
use crate::Order;
use crate::authorize::{Capability, On, Scope};
use crate::cluster::Cluster;
use crate::route::{Filter, Handler, Method, Reach, handler};
use crate::{ApiError, Call, Meta, PageKey, Read, Reply, Route, views};

/// The endpoints of nodes.
pub(super) fn routes<C: Cluster>() -> Vec<Route<C>> {
    let get = |path, filter, handler: Handler<C>| Route {
        method: Method::Get,
        path,
        capability: &[Capability::NodeRead],
        scope: Scope::Cluster,
        filter,
        reach: Reach::Region,
        handler,
    };
    let write = |path, handler: Handler<C>| Route {
        method: Method::Write,
        path,
        capability: &[Capability::NodeWrite],
        scope: Scope::Cluster,
        filter: Filter::None,
        reach: Reach::Leader,
        handler,
    };
    vec![
        get("/v1/nodes", Filter::Entries, handler(list::<C>)),
        get("/v1/node/:id", Filter::None, handler(one::<C>)),
        get("/v1/node/:id/allocations", Filter::Entries, handler(allocations::<C>)),
        write("/v1/node/:id/drain", handler(drain::<C>)),
        write("/v1/node/:id/eligibility", handler(eligibility::<C>)),
        write("/v1/node/:id/purge", handler(purge::<C>)),
    ]
}

/// `GET /v1/nodes`
async fn list<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    answer_with(&call, |_| true).await
}

/// Lists the nodes that `wanted` takes.
pub(super) async fn answer_with<C: Cluster>(
    call: &Call<C>,
    wanted: impl Fn(&Node) -> bool,
) -> Result<Reply, ApiError> {
    check_uuid_prefix(&call.query.prefix, "node")?;
    let with_resources = call.query.raw.boolean("resources")?.unwrap_or(false);
    let with_os = call.query.raw.boolean("os")?.unwrap_or(false);
    let listing = Listing { call, tables: &[Table::Nodes], order: Order::Rising };
    listing
        .answer(|state| {
            let prefix = &call.query.prefix;
            let nodes = state.nodes().filter(|node| {
                wanted(node) && (prefix.is_empty() || node.id.to_string().starts_with(prefix))
            });
            let entry = |node: &Arc<Node>| Entry {
                namespace: None,
                key: PageKey::Id(node.id.to_string()),
                document: if call.query.filter.is_empty() { Value::Null } else { views::node(node) },
                stub: views::node_stub(node, with_resources, with_os),
            };
            Ok(nodes.map(entry).collect())
        })
        .await
}

/// `GET /v1/node/:id`
async fn one<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let id: NodeId = reading::id(call.param("id"), "node")?;
    object(&call, &[Table::Nodes], |state| {
        let node = found(&call, state.node(id), state.indexes.of(Table::Nodes), "node not found")?;
        Ok(Read { index: node.modify_index, value: views::node(node) })
    })
    .await
}

/// `GET /v1/node/:id/allocations`: whole, as client agents of old wanted them.
async fn allocations<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let id: NodeId = reading::id(call.param("id"), "node")?;
    let read = |state: &Snapshot| {
        let allocs: Vec<_> = state.allocs_on_node(id).cloned().collect();
        let index = newest(allocs.iter().map(|alloc| alloc.modify_index), state.indexes.of(Table::Allocs));
        Ok(Read { index, value: allocs })
    };
    let found = crate::blocking(&*call.backend, &call.query, &[Table::Allocs], read).await?;
    let read_job = Capability::Namespace("read-job");
    let seen: Vec<_> = found
        .value
        .into_iter()
        .filter(|alloc| call.authorized.allows(read_job, On::Namespace(&alloc.job.namespace)))
        .collect();
    let seen = call.authorized.filter(seen, |_| On::Cluster).map(|alloc| views::alloc(&alloc, false));
    Ok(Reply::list(&seen)?.with_meta(call.read_meta(found.index)))
}

/// `PUT /v1/node/:id/drain`
async fn drain<C: Cluster>(mut call: Call<C>) -> Result<Reply, ApiError> {
    let id: NodeId = reading::id(call.param("id"), "node")?;
    let body = call.take_json().await?;
    let spec = field(&body, "DrainSpec").filter(|spec| !spec.is_null()).map(|spec| {
        let deadline = field(spec, "Deadline").and_then(Value::as_i64).unwrap_or(0);
        let ignore_system_jobs = field(spec, "IgnoreSystemJobs").and_then(Value::as_bool).unwrap_or(false);
        (Nanos(deadline), ignore_system_jobs)
    });
    let mark_eligible = field(&body, "MarkEligible").and_then(Value::as_bool).unwrap_or(false);
    let drain = DrainNode { id, spec, mark_eligible };
    change(&call, id, |state, now, ids| request::drain_node(state, now, ids, &drain)).await
}

/// `PUT /v1/node/:id/eligibility`
async fn eligibility<C: Cluster>(mut call: Call<C>) -> Result<Reply, ApiError> {
    let id: NodeId = reading::id(call.param("id"), "node")?;
    let body = call.take_json().await?;
    let eligible = match field(&body, "Eligibility").and_then(Value::as_str) {
        Some("eligible") => true,
        Some("ineligible") => false,
        Some(other) => {
            return Err(ApiError::bad_request(format!("invalid scheduling eligibility {other:?}")));
        }
        None => return Err(ApiError::bad_request("missing Eligibility")),
    };
    change(&call, id, |state, now, ids| request::set_eligibility(state, now, ids, id, eligible)).await
}

/// `PUT /v1/node/:id/purge`
async fn purge<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let id: NodeId = reading::id(call.param("id"), "node")?;
    change(&call, id, |state, now, ids| request::purge_node(state, now, ids, id)).await
}

/// Commits a change of a node and names the evaluations that follow.
async fn change<C: Cluster>(
    call: &Call<C>,
    id: NodeId,
    request: impl FnOnce(&Snapshot, model::Timestamp, &mut EvalIds) -> Result<Command, request::RequestError>,
) -> Result<Reply, ApiError> {
    let state = call.backend.snapshot();
    let mut ids = EvalIds::new(call.backend.random_id());
    let command = request(&state, call.backend.now(), &mut ids).map_err(refused)?;
    let evals: Vec<String> = evals_of(&command).iter().map(|eval| eval.id.to_string()).collect();
    let applied = call.backend.propose(command).await?;
    applied.reply.as_ref().map_err(not_applied)?;
    let state = call.backend.snapshot();
    let body = json!({
        "EvalCreateIndex": if evals.is_empty() { 0 } else { applied.index },
        "EvalIDs": if evals.is_empty() { Value::Null } else { evals.into() },
        "Index": applied.index,
        "NodeModifyIndex": state.node(id).map_or(applied.index, |node| node.modify_index),
    });
    Ok(Reply::json(&body)?.with_meta(Meta::write(applied.index)))
}

fn evals_of(command: &Command) -> &[model::Eval] {
    match command {
        Command::SetNodeDrain { evals, .. }
        | Command::SetNodeEligibility { evals, .. }
        | Command::PurgeNodes { evals, .. } => evals,
        _ => &[],
    }
}
