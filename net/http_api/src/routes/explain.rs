//! `…/explain` of jobs, allocations and evaluations, and `/v1/whatif`: ours, not Nomad's.
//!
//! Limits: answers are worked out beside the runtime, [`AT_ONCE`] at a time, and what would happen within
//! [`PATIENCE`]. Unless `all` or a page is asked for, [`NODES`] nodes of each group are shown, and never more than
//! [`MAX_NODES`].

use std::time::{Duration, Instant};

use control::explain::{ExplainError, Subject, explain};
use control::whatif::{Hypothesis, Selector, WhatIfError, what_if};
use http::StatusCode;
use model::JobKey;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::job_writes::{field, job_draft, prepare, refused};
use super::reading::{self, job_key};
use crate::authorize::{Capability, On, Scope};
use crate::cluster::Cluster;
use crate::route::{Filter, Handler, Method, Reach, handler};
use crate::views::{self, Shown};
use crate::{ApiError, Call, Meta, Reply, Route};

/// Answers that are worked out at the same time.
const AT_ONCE: usize = 4;
/// How long working out what would happen may take.
const PATIENCE: Duration = Duration::from_secs(60);
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
    let asked = std::sync::Arc::clone(&state);
    let explained = beside(move || explain(&asked, &subject, group.as_deref())).await?;
    let explained = explained.map_err(|error| match error {
        ExplainError::GroupNotFound { .. } => ApiError::bad_request(error.to_string()),
        ExplainError::JobNotFound | ExplainError::AllocNotFound | ExplainError::EvalNotFound => {
            ApiError::not_found(error.to_string()).with_meta(call.read_meta(state.index))
        }
    })?;
    call.authorized.require(On::Namespace(&explained.job.namespace))?;
    let may_see = |namespace: &str| call.authorized.allows(READ[0], On::Namespace(namespace));
    let groups: Vec<Value> = explained
        .groups
        .iter()
        .map(|group| {
            let mut json = views::group_explained(&state, &group.explained, &shown, &may_see);
            (json["Count"], json["Live"], json["Queued"]) =
                (group.count.into(), group.live.into(), group.queued.into());
            json
        })
        .collect();
    let job = &explained.job;
    let answer = json!({
        "JobID": job.id, "Namespace": job.namespace, "Version": job.version, "Type": job.job_type,
        "RunsOn": explained.runs_on.map_or_else(String::new, |id| id.to_string()),
        "Groups": groups, "GroupsLeftOut": explained.left_out, "Index": state.index,
    });
    Ok(Reply::json(&answer)?.with_meta(call.read_meta(state.index)))
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
    let hypothesis = hypothesis(&call, &body)?;
    let state = call.backend.snapshot();
    let (now, seed) = (call.backend.now(), call.backend.random_id());
    let region = call.backend.region().to_owned();
    let index = state.index;
    let what = beside(move || {
        let deadline = Instant::now() + PATIENCE;
        what_if(&state, now, &region, &hypothesis, seed, &|| Instant::now() < deadline)
    });
    let what = what.await?.map_err(impossible)?;
    let may_see = |namespace: &str| call.authorized.allows(READ[0], On::Namespace(namespace));
    let mut answer = views::what_if(&what, &may_see);
    answer["Index"] = index.into();
    Ok(Reply::json(&answer)?.with_meta(Meta::write(index)))
}

fn impossible(error: WhatIfError) -> ApiError {
    match error {
        WhatIfError::Request(error) => refused(error),
        WhatIfError::Unbounded(_) => ApiError::internal(error.to_string()),
        WhatIfError::NoNodes
        | WhatIfError::NodeNotFound(_)
        | WhatIfError::SeveralNodes(_)
        | WhatIfError::TooManyNodes(_)
        | WhatIfError::NoGroup(_) => ApiError::bad_request(error.to_string()),
    }
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

/// What the body supposes: exactly one of `Drain`, `Lose`, `Add`, `Run` and `Scale`.
fn hypothesis<C: Cluster>(call: &Call<C>, body: &Value) -> Result<Hypothesis, ApiError> {
    let given: Vec<(&str, &Value)> = ["Drain", "Lose", "Add", "Run", "Scale"]
        .into_iter()
        .filter_map(|name| Some((name, field(body, name).filter(|value| !value.is_null())?)))
        .collect();
    let [(name, value)] = given.as_slice() else {
        return Err(ApiError::bad_request("exactly one of Drain, Lose, Add, Run and Scale must be given"));
    };
    let text = |key: &str| field(value, key).and_then(Value::as_str).unwrap_or("").to_owned();
    let number = |key: &str| field(value, key).and_then(Value::as_i64);
    Ok(match *name {
        "Drain" => Hypothesis::Drain(selector(value)?),
        "Lose" => Hypothesis::Lose(selector(value)?),
        "Add" => {
            let count = number("Count").and_then(|count| u32::try_from(count).ok()).unwrap_or(0);
            Hypothesis::Add { count, like: text("Like") }
        }
        "Run" => Hypothesis::Run(Box::new(prepare(call, job_draft(value)?)?.0)),
        _ => {
            let count = number("Count").ok_or_else(|| ApiError::bad_request("Count must be a number"))?;
            let job = JobKey::new(call.query.namespace.as_str(), text("JobID").as_str());
            Hypothesis::Scale { job, group: text("Group"), count }
        }
    })
}

fn selector(value: &Value) -> Result<Selector, ApiError> {
    let text = |key: &str| field(value, key).and_then(Value::as_str).unwrap_or("").to_owned();
    let wrong = |what: &str| ApiError::bad_request(format!("{what} must be texts"));
    let nodes = field(value, "Nodes").and_then(Value::as_array).into_iter().flatten();
    let nodes = nodes.map(|node| node.as_str().map(str::to_owned).ok_or_else(|| wrong("Nodes")));
    let meta = field(value, "Meta").and_then(Value::as_object).into_iter().flatten();
    let meta = meta.map(|(key, value)| {
        value.as_str().map(|value| (key.clone(), value.to_owned())).ok_or_else(|| wrong("values of Meta"))
    });
    Ok(Selector {
        nodes: nodes.collect::<Result<_, _>>()?,
        meta: meta.collect::<Result<_, _>>()?,
        datacenter: text("Datacenter"),
        class: text("NodeClass"),
        pool: text("NodePool"),
    })
}
