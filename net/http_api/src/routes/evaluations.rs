//! `/v1/evaluations` and `/v1/evaluation/:id`.

use std::sync::Arc;

use model::{Eval, EvalId};
use serde_json::{Value, json};
use state::watch::WatchKey;
use state::{Snapshot, Table};

use super::reading::{self, Entry, Listing, check_uuid_prefix, found, in_namespace, newest, object};
use crate::Order;
use crate::authorize::{Capability, On, Scope};
use crate::cluster::Cluster;
use crate::route::{Filter, Handler, Method, Reach, handler};
use crate::{ApiError, Call, PageKey, Read, Reply, Route, views};

const READ: &[Capability] = &[Capability::Namespace("read-job")];

/// The endpoints of evaluations.
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
    vec![
        get("/v1/evaluations", Scope::Namespace, Filter::Entries, handler(list::<C>)),
        get("/v1/evaluations/count", Scope::Namespace, Filter::None, handler(count::<C>)),
        get("/v1/evaluation/:id", Scope::Object, Filter::None, handler(one::<C>)),
        get("/v1/evaluation/:id/allocations", Scope::Object, Filter::None, handler(allocations::<C>)),
    ]
}

/// `GET /v1/evaluations`
async fn list<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    check_uuid_prefix(&call.query.prefix, "eval")?;
    let status = call.query.raw.text("status").to_owned();
    let job = call.query.raw.text("job").to_owned();
    let legacy = !status.is_empty() || !job.is_empty();
    if legacy && !call.query.filter.is_empty() {
        return Err(ApiError::bad_request("Filter expression cannot be used with other filter parameters"));
    }
    let by_prefix = !call.query.prefix.is_empty();
    let listing = Listing { call: &call, tables: &[Table::Evals], order: Order::of(&call.query) };
    listing
        .answer(|state| {
            let mut evals: Vec<&Arc<Eval>> = wanted(&call, state)
                .filter(|eval| status.is_empty() || eval.status.as_str() == status)
                .filter(|eval| job.is_empty() || *eval.job.id == *job)
                .collect();
            if !by_prefix {
                evals.sort_by_key(|eval| (eval.create_index, eval.id));
            }
            let entry = |eval: &&Arc<Eval>| Entry {
                namespace: Some(eval.job.namespace.to_string()),
                key: if by_prefix {
                    PageKey::Id(eval.id.to_string())
                } else {
                    PageKey::Created { index: eval.create_index, id: eval.id.to_string() }
                },
                document: if call.query.filter.is_empty() { Value::Null } else { views::eval(eval) },
                stub: views::eval(eval),
            };
            Ok(evals.iter().map(entry).collect())
        })
        .await
}

/// The evaluations of the query's namespace and prefix.
fn wanted<'a, C: Cluster>(call: &'a Call<C>, state: &'a Snapshot) -> impl Iterator<Item = &'a Arc<Eval>> {
    let prefix = &call.query.prefix;
    state
        .evals()
        .filter(|eval| in_namespace(call, &eval.job.namespace))
        .filter(move |eval| prefix.is_empty() || eval.id.to_string().starts_with(prefix))
}

/// `GET /v1/evaluations/count`
async fn count<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    check_uuid_prefix(&call.query.prefix, "eval")?;
    let filter = crate::filter::Filter::parse_optional(&call.query.filter)
        .map_err(|error| ApiError::bad_request(format!("failed to create result paginator: {error}")))?;
    object(&call, &[Table::Evals], |state| {
        let mut count = 0_u64;
        for eval in wanted(&call, state) {
            let fits = filter.as_ref().map_or(Ok(true), |filter| filter.matches(&views::eval(eval)));
            count +=
                u64::from(fits.map_err(|error| {
                    ApiError::bad_request(format!("failed to read result page: {error}"))
                })?);
        }
        let index = state.indexes.of(Table::Evals);
        Ok(Read { index, value: call.with_read_meta(json!({ "Count": count }), index) })
    })
    .await
}

/// `GET /v1/evaluation/:id`
async fn one<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let id: EvalId = reading::id(call.param("id"), "failed to lookup eval: eval")?;
    let related = call.query.raw.boolean("related")?.unwrap_or(false);
    object(&call, &[WatchKey::Eval(id)], |state| {
        let eval = found(&call, state.eval(id), state.indexes.of(Table::Evals), "eval not found")?;
        call.authorized.require(On::Namespace(&eval.job.namespace))?;
        let mut value = views::eval(eval);
        if related {
            let stubs = related_evals(state, eval);
            if !stubs.is_empty() {
                value["RelatedEvals"] = stubs.into();
            }
        }
        Ok(Read { index: eval.modify_index, value })
    })
    .await
}

/// Evaluations that point to this one or that it points to, as far as they go.
fn related_evals(state: &Snapshot, eval: &Eval) -> Vec<Value> {
    const MOST: usize = 100;
    let mut seen = vec![eval.id];
    let mut at = 0;
    while at < seen.len() && seen.len() < MOST {
        if let Some(eval) = state.eval(seen[at]) {
            for id in [eval.next, eval.previous, eval.blocked] {
                if !id.is_none() && !seen.contains(&id) {
                    seen.push(id);
                }
            }
        }
        at += 1;
    }
    seen[1..].iter().filter_map(|id| state.eval(*id)).map(|eval| views::eval_stub(eval)).collect()
}

/// `GET /v1/evaluation/:id/allocations`
async fn allocations<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let id: EvalId = reading::id(call.param("id"), "eval")?;
    object(&call, &[Table::Allocs], |state| {
        let mut stubs = Vec::new();
        let mut indexes = Vec::new();
        for alloc in state.allocs_of_eval(id) {
            call.authorized.require(On::Namespace(&alloc.job.namespace))?;
            indexes.push(alloc.modify_index);
            stubs.push(views::alloc_stub(alloc, false, true));
        }
        let index = newest(indexes.into_iter(), state.indexes.of(Table::Allocs));
        Ok(Read { index, value: stubs.into() })
    })
    .await
}
