//! `/v1/search`

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use state::{Snapshot, Table};

use super::job_writes::field;
use super::reading::in_namespace;
use crate::authorize::{Capability, On, Scope};
use crate::cluster::Cluster;
use crate::route::{Filter, Method, Reach, handler};
use crate::{ApiError, Call, Reply, Route};

/// Matches shown per context.
const MOST: usize = 20;
/// What can be searched.
const CONTEXTS: [&str; 7] =
    ["allocs", "deployment", "evals", "jobs", "namespaces", "nodes", "scaling_policy"];
/// What can be asked for and never matches: nothing of the kind is stored.
const EMPTY_CONTEXTS: [&str; 5] = ["host_volumes", "plugins", "quotas", "vars", "volumes"];

/// The endpoint that finds things by prefix.
pub(super) fn routes<C: Cluster>() -> Vec<Route<C>> {
    vec![Route {
        method: Method::Write,
        path: "/v1/search",
        capability: &[Capability::AnyToken],
        scope: Scope::Open,
        filter: Filter::None,
        reach: Reach::Region,
        handler: handler(search::<C>),
    }]
}

/// `PUT /v1/search`
async fn search<C: Cluster>(mut call: Call<C>) -> Result<Reply, ApiError> {
    let body = call.take_json().await?;
    let prefix = field(&body, "Prefix").and_then(Value::as_str).unwrap_or("").to_owned();
    let context = field(&body, "Context").and_then(Value::as_str).unwrap_or("all").to_owned();
    let wanted: Vec<&str> = match context.as_str() {
        "all" | "" => CONTEXTS.into_iter().chain(["node_pools"]).collect(),
        "node_pools" => vec!["node_pools"],
        other if CONTEXTS.contains(&other) || EMPTY_CONTEXTS.contains(&other) => vec![other],
        other => {
            let known = "allocs jobs nodes node_pools evals deployment plugins volumes scaling_policy vars \
                         namespaces host_volumes";
            return Err(ApiError::internal(format!(
                "context must be one of [{known}] or 'all' for all contexts; got {other:?}"
            )));
        }
    };
    let state = call.backend.snapshot();
    let (mut matches, mut truncations) = (Map::new(), Map::new());
    for context in wanted {
        let mut found = find(&call, &state, context, &prefix);
        truncations.insert(context.to_owned(), (found.len() > MOST).into());
        found.truncate(MOST);
        matches.insert(context.to_owned(), if found.is_empty() { Value::Null } else { found.into() });
    }
    let tables = [Table::Jobs, Table::Allocs, Table::Evals, Table::Nodes, Table::Deployments];
    let index = state.indexes.newest(&tables).max(1);
    let contact = call.backend.contact();
    let answer = json!({
        "Index": index, "KnownLeader": contact.known_leader, "LastContact": contact.last_contact_ms,
        "Matches": matches, "NextToken": "", "Truncations": truncations,
    });
    Ok(Reply::json(&answer)?.with_meta(call.read_meta(index)))
}

/// Ids of a context that begin with a prefix: at most one more than is shown.
fn find<C: Cluster>(call: &Call<C>, state: &Snapshot, context: &str, prefix: &str) -> Vec<String> {
    let read_job = Capability::Namespace("read-job");
    let readable = |namespace: &str| {
        in_namespace(call, namespace) && call.authorized.allows(read_job, On::Namespace(namespace))
    };
    let may_see_nodes = call.authorized.allows(Capability::NodeRead, On::Cluster);
    let ids: BTreeMap<String, ()> = match context {
        "jobs" => take(state.jobs().filter(|job| readable(&job.namespace)).map(|job| job.id.clone()), prefix),
        "allocs" => take(
            state.allocs().filter(|alloc| readable(&alloc.job.namespace)).map(|alloc| alloc.id.to_string()),
            prefix,
        ),
        "evals" => take(
            state.evals().filter(|eval| readable(&eval.job.namespace)).map(|eval| eval.id.to_string()),
            prefix,
        ),
        "deployment" => take(
            state.deployments().filter(|one| readable(&one.job.namespace)).map(|one| one.id.to_string()),
            prefix,
        ),
        "scaling_policy" => {
            let jobs = state.jobs().filter(|job| !job.stop && readable(&job.namespace));
            take(jobs.flat_map(|job| job.scaling_policies()).map(|policy| policy.id.clone()), prefix)
        }
        "nodes" if may_see_nodes => take(state.nodes().map(|node| node.id.to_string()), prefix),
        "node_pools" if may_see_nodes => take(state.node_pools().map(|pool| pool.name.clone()), prefix),
        "namespaces" => take(state.namespaces().map(|one| one.name.clone()), prefix),
        _ => BTreeMap::new(),
    };
    ids.into_keys().collect()
}

fn take(ids: impl Iterator<Item = String>, prefix: &str) -> BTreeMap<String, ()> {
    ids.filter(|id| id.starts_with(prefix)).take(MOST + 1).map(|id| (id, ())).collect()
}
