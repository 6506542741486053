//! `…/explain` of jobs, allocations and evaluations, and `/v1/whatif`: ours, not Nomad's.
//!
//! Limits: answers are worked out beside the runtime, [`AT_ONCE`] at a time. Unless `all` or a page is asked for, [`NODES`] nodes of each group are shown, and never more than
//! [`MAX_NODES`].

use std::sync::Arc;

use control::explain::{ExplainError, Explained, GroupAnswer, Subject, explain};
use http::StatusCode;
use model::JobKey;
use serde_json::{Value, json};
use state::Snapshot;
use tokio::sync::Semaphore;

use super::reading::{self, job_key};
use crate::authorize::{Capability, On, Scope};
use crate::cluster::Cluster;
use crate::route::{Filter, Handler, Method, Reach, handler};
use crate::views::{self, Shown};
use crate::what_if::{DraftNamespace, WhatIfQuestion};
use crate::{ApiError, Call, Meta, Reply, Route};

/// Answers that are worked out at the same time.
const AT_ONCE: usize = 4;
/// Nodes of a group that are shown unless more are asked for.
const NODES: usize = 20;
/// Nodes of a group that are shown at most.
const MAX_NODES: usize = 10_000;

static RUNNING: Semaphore = Semaphore::const_new(AT_ONCE);

const READ: &[Capability] = &[Capability::Namespace("read-job")];

/// The endpoints of explanations.
pub(super) fn routes<C: Cluster>() -> Vec<Route<C>> {
    let route = |method, path, capability, scope, handler: Handler<C>| Route {
        method,
        path,
        capability,
        scope,
        filter: Filter::None,
        reach: Reach::Region,
        handler,
    };
    vec![
        route(Method::Get, "/v1/job/*id/explain", READ, Scope::Namespace, handler(of_job::<C>)),
        route(Method::Get, "/v1/allocation/:id/explain", READ, Scope::Object, handler(of_alloc::<C>)),
        route(Method::Get, "/v1/evaluation/:id/explain", READ, Scope::Object, handler(of_eval::<C>)),
        route(
            Method::Write,
            "/v1/whatif",
            &[Capability::OperatorRead],
            Scope::Cluster,
            handler(would_happen::<C>),
        ),
    ]
}

/// `GET /v1/job/:id/explain?group=G&node=N`
async fn of_job<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let subject = Subject::Job(job_key(&call));
    answer(call, subject).await
}

/// `GET /v1/allocation/:id/explain?node=N`
async fn of_alloc<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let subject = Subject::Alloc(reading::id(call.param("id"), "alloc")?);
    answer(call, subject).await
}

/// `GET /v1/evaluation/:id/explain?group=G&node=N`
async fn of_eval<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let subject = Subject::Eval(reading::id(call.param("id"), "eval")?);
    answer(call, subject).await
}

async fn answer<C: Cluster>(call: Call<C>, subject: Subject) -> Result<Reply, ApiError> {
    let state = call.backend.snapshot();
    let shown = shown(&call)?;
    let group = call.query.raw.get("group").filter(|group| !group.is_empty()).map(str::to_owned);
    let asked = Arc::clone(&state);
    let explained = beside(move || explain(&asked, &subject, group.as_deref())).await?;
    let explained = explained.map_err(|error| match error {
        ExplainError::GroupNotFound { .. } => ApiError::bad_request(error.to_string()),
        ExplainError::JobNotFound | ExplainError::AllocNotFound | ExplainError::EvalNotFound => {
            ApiError::not_found(error.to_string()).with_meta(call.read_meta(state.index))
        }
    })?;
    call.authorized.require(On::Namespace(&explained.job.namespace))?;
    let groups = groups(&call, &state, &explained, &shown);
    let job = &explained.job;
    let answer = json!({
        "JobID": job.id, "Namespace": job.namespace, "Version": job.version, "Type": job.job_type,
        "RunsOn": explained.runs_on.map_or_else(String::new, |id| id.to_string()),
        "Groups": groups, "GroupsLeftOut": explained.left_out, "Index": state.index,
    });
    Ok(Reply::json(&answer)?.with_meta(call.read_meta(state.index)))
}

/// The groups of an answer.
fn groups<C: Cluster>(call: &Call<C>, state: &Snapshot, explained: &Explained, shown: &Shown) -> Vec<Value> {
    let may_see = |namespace: &str| call.authorized.allows(READ[0], On::Namespace(namespace));
    let group = |group: &GroupAnswer| {
        let mut json = views::group_explained(state, &group.explained, shown, &may_see);
        (json["Count"], json["Live"], json["Queued"]) =
            (group.count.into(), group.live.into(), group.queued.into());
        json
    };
    explained.groups.iter().map(group).collect()
}

/// Where the groups of a job would go that is only planned, in a state in which it is registered.
pub(super) async fn planned<C: Cluster>(
    call: &Call<C>,
    state: &Snapshot,
    job: &JobKey,
) -> Result<Value, ApiError> {
    let (asked, subject) = (Arc::clone(state), Subject::Job(job.clone()));
    let explained = beside(move || explain(&asked, &subject, None)).await?;
    let explained = explained.map_err(|error| ApiError::internal(error.to_string()))?;
    let shown = Shown { node: String::new(), skip: 0, nodes: NODES };
    Ok(groups(call, state, &explained, &shown).into())
}

/// Which nodes a query wants to see.
fn shown<C: Cluster>(call: &Call<C>) -> Result<Shown, ApiError> {
    let raw = &call.query.raw;
    let all = raw.boolean("all")?.unwrap_or(false);
    let node = raw.text("node").to_owned();
    let skip = match call.query.next_token.as_str() {
        "" => 0,
        token => token.parse().map_err(|_| ApiError::bad_request("next_token must be a number of nodes"))?,
    };
    let nodes = match call.query.per_page {
        0 if all || !node.is_empty() => MAX_NODES,
        0 => NODES,
        asked => asked.min(MAX_NODES),
    };
    Ok(Shown { node, skip, nodes })
}

/// `PUT /v1/whatif`
async fn would_happen<C: Cluster>(mut call: Call<C>) -> Result<Reply, ApiError> {
    let body = call.take_json().await?;
    let region = call.backend.region().to_owned();
    let namespace = DraftNamespace { name: &call.query.namespace, given: call.query.namespace_given };
    let question = WhatIfQuestion::parse(&body, namespace, &region)?;
    let state = call.backend.snapshot();
    let (now, seed) = (call.backend.now(), call.backend.random_id());
    let index = state.index;
    let what = beside(move || question.answer(&state, now, &region, seed)).await??;
    let may_see = |namespace: &str| call.authorized.allows(READ[0], On::Namespace(namespace));
    let mut answer = views::what_if(&what, &may_see);
    answer["Index"] = index.into();
    Ok(Reply::json(&answer)?.with_meta(Meta::write(index)))
}

/// Works something out where it holds up nobody.
async fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, ApiError> {
    let busy =
        || ApiError::new(StatusCode::TOO_MANY_REQUESTS, "too many explanations are worked out already");
    let permit = RUNNING.try_acquire().map_err(|_| busy())?;
    let done = tokio::task::spawn_blocking(work).await;
    drop(permit);
    done.map_err(|_| ApiError::internal("the scheduler panicked"))
}
