//! `/v1/node/pools` and `/v1/node/pool/:name`.

use std::sync::Arc;

use model::{Name, NodePool, NodePoolDraft};
use serde_json::Value;
use state::{Command, Table};

use super::job_writes::not_applied;
use super::nodes;
use super::reading::{Entry, Listing, found, in_namespace, object};
use crate::Order;
use crate::authorize::{Capability, Scope};
use crate::cluster::Cluster;
use crate::route::{Filter, Handler, Method, Reach, handler};
use crate::{ApiError, Call, Meta, PageKey, Read, Reply, Route, views};

/// The endpoints of node pools.
pub(super) fn routes<C: Cluster>() -> Vec<Route<C>> {
    const READ: &[Capability] = &[Capability::NodePool("read")];
    const WRITE: &[Capability] = &[Capability::NodePool("write")];
    let get = |path, filter, handler: Handler<C>| Route {
        method: Method::Get,
        path,
        capability: READ,
        scope: Scope::Cluster,
        filter,
        reach: Reach::Region,
        handler,
    };
    let write = |method, path, capability, handler: Handler<C>| Route {
        method,
        path,
        capability,
        scope: Scope::Cluster,
        filter: Filter::None,
        reach: Reach::Leader,
        handler,
    };
    vec![
        get("/v1/node/pools", Filter::Entries, handler(list::<C>)),
        get("/v1/node/pool/:name", Filter::None, handler(one::<C>)),
        get("/v1/node/pool/:name/nodes", Filter::Entries, handler(pool_nodes::<C>)),
        get("/v1/node/pool/:name/jobs", Filter::Entries, handler(pool_jobs::<C>)),
        write(Method::Write, "/v1/node/pools", WRITE, handler(upsert::<C>)),
        write(Method::Write, "/v1/node/pool/:name", WRITE, handler(upsert_named::<C>)),
        write(Method::Delete, "/v1/node/pool/:name", &[Capability::NodePool("delete")], handler(delete::<C>)),
    ]
}

/// `GET /v1/node/pools`
async fn list<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let listing = Listing { call: &call, tables: &[Table::NodePools], order: Order::of(&call.query) };
    listing
        .answer(|state| {
            let pools = state.node_pools().filter(|pool| pool.name.starts_with(&call.query.prefix));
            let entry = |pool: &Arc<NodePool>| Entry {
                namespace: None,
                key: PageKey::Id(pool.name.clone()),
                document: pool.to_json(),
                stub: pool.to_json(),
            };
            Ok(pools.map(entry).collect())
        })
        .await
}

/// `GET /v1/node/pool/:name`
async fn one<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    object(&call, &[Table::NodePools], |state| {
        let table = state.indexes.of(Table::NodePools);
        let pool = found(&call, state.node_pool(call.param("name")), table, "node pool not found")?;
        Ok(Read { index: pool.modify_index.max(1), value: pool.to_json() })
    })
    .await
}

/// The pool that the path names; lists below it know no prefix.
fn pool_name<C: Cluster>(call: &Call<C>) -> Result<String, ApiError> {
    if !call.query.prefix.is_empty() {
        return Err(ApiError::bad_request("prefix argument not allowed"));
    }
    let name = call.param("name");
    let state = call.backend.snapshot();
    state.node_pool(name).ok_or_else(|| ApiError::not_found("node pool not found"))?;
    Ok(name.to_owned())
}

/// `GET /v1/node/pool/:name/nodes`
async fn pool_nodes<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let name = pool_name(&call)?;
    nodes::answer_with(&call, |node| name == "all" || *node.pool == *name).await
}

/// `GET /v1/node/pool/:name/jobs`
async fn pool_jobs<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let name = pool_name(&call)?;
    let with_meta = call.query.raw.boolean("meta")?.unwrap_or(false);
    let listing =
        Listing { call: &call, tables: &[Table::Jobs, Table::JobSummaries], order: Order::of(&call.query) };
    listing
        .answer(|state| {
            let jobs =
                state.jobs().filter(|job| in_namespace(&call, &job.namespace) && job.node_pool == name);
            let entry = |job: &Arc<model::Job>| Entry {
                namespace: Some(job.namespace.clone()),
                key: PageKey::Namespaced { namespace: job.namespace.clone(), id: job.id.clone() },
                document: if call.query.filter.is_empty() { Value::Null } else { job.to_json() },
                stub: views::job_stub(
                    job,
                    state.job_summary(&job.key()).map(|summary| &**summary),
                    with_meta,
                ),
            };
            Ok(jobs.map(entry).collect())
        })
        .await
}

/// `PUT /v1/node/pools`
async fn upsert<C: Cluster>(mut call: Call<C>) -> Result<Reply, ApiError> {
    let body = call.take_json().await?;
    let draft = NodePoolDraft::from_json(&body).map_err(|error| ApiError::bad_request(error.to_string()))?;
    let pool = draft.resolve();
    check(&pool)?;
    commit(&call, Command::UpsertNodePool(Box::new(pool))).await
}

/// Refuses to change the pools that are always there.
fn own(name: &str, verb: &str) -> Result<(), String> {
    let built_in = ["all", "default"].contains(&name);
    if built_in { Err(format!("{verb} node pool {name:?} is not allowed")) } else { Ok(()) }
}

/// `PUT /v1/node/pool/:name`
async fn upsert_named<C: Cluster>(mut call: Call<C>) -> Result<Reply, ApiError> {
    let body = call.take_json().await?;
    let draft = NodePoolDraft::from_json(&body).map_err(|error| ApiError::bad_request(error.to_string()))?;
    let pool = draft.resolve();
    if pool.name != call.param("name") {
        return Err(ApiError::bad_request("Node pool name does not match request path"));
    }
    check(&pool)?;
    commit(&call, Command::UpsertNodePool(Box::new(pool))).await
}

/// `DELETE /v1/node/pool/:name`
async fn delete<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let name = Name::from(call.param("name"));
    own(&name, "deleting").map_err(ApiError::internal)?;
    commit(&call, Command::DeleteNodePool(name)).await
}

fn check(pool: &NodePool) -> Result<(), ApiError> {
    own(&pool.name, "modifying").map_err(ApiError::bad_request)?;
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if pool.name.is_empty() || pool.name.len() > 128 || !pool.name.chars().all(fits) {
        return Err(ApiError::internal(format!(
            "invalid name {:?}, must be 1 to 128 letters, digits, - or _",
            pool.name
        )));
    }
    if pool.description.len() > 256 {
        return Err(ApiError::internal("description longer than 256"));
    }
    Ok(())
}

async fn commit<C: Cluster>(call: &Call<C>, command: Command) -> Result<Reply, ApiError> {
    let applied = call.backend.propose(command).await?;
    applied.reply.as_ref().map_err(not_applied)?;
    Ok(Reply::empty().with_meta(Meta::write(applied.index)))
}
