//! `/v1/client/…` that are not files: figures, restarts, signals. Answered by the node's own agent.

use axum::extract::Request;
use model::{AllocId, NodeId};
use serde_json::{Value, json};

use super::job_writes::field;
use crate::answer::ReplyBody;
use crate::authorize::{Capability, On, Scope};
use crate::cluster::{Cluster, LocalClient};
use crate::route::{Filter, Handler, Method, Reach, handler};
use crate::{ApiError, Call, Position, Reply, Route};

const READ: &[Capability] = &[Capability::Namespace("read-job")];
const LIFECYCLE: &[Capability] = &[Capability::Namespace("alloc-lifecycle")];

/// The endpoints of one node's client.
pub(super) fn routes<C: Cluster>() -> Vec<Route<C>> {
    let route = |method, path, capability, scope, handler: Handler<C>| Route {
        method,
        path,
        capability,
        scope,
        filter: Filter::None,
        reach: Reach::Agent,
        handler,
    };
    vec![
        route(
            Method::Get,
            "/v1/client/stats",
            &[Capability::NodeRead],
            Scope::Cluster,
            handler(host_stats::<C>),
        ),
        route(Method::Get, "/v1/client/allocation/:id/stats", READ, Scope::Object, handler(alloc_stats::<C>)),
        route(Method::Get, "/v1/client/allocation/:id/checks", READ, Scope::Object, handler(checks::<C>)),
        route(Method::Get, "/v1/allocation/:id/checks", READ, Scope::Object, handler(checks::<C>)),
        route(
            Method::Write,
            "/v1/client/allocation/:id/restart",
            LIFECYCLE,
            Scope::Object,
            handler(restart::<C>),
        ),
        route(
            Method::Write,
            "/v1/client/allocation/:id/signal",
            LIFECYCLE,
            Scope::Object,
            handler(signal::<C>),
        ),
    ]
}

/// Where a call about an allocation is answered.
pub(super) enum Place {
    /// Here.
    Here(std::sync::Arc<dyn LocalClient>),
    /// By another agent, whose answer this is.
    Elsewhere(Reply),
}

/// Finds the agent that has an allocation, and passes the call on unless it is this one.
pub(super) async fn place<C: Cluster>(call: &mut Call<C>, id: AllocId) -> Result<Place, ApiError> {
    let local = call.backend.local_client();
    if call.backend.position() != Position::Client {
        let state = call.backend.snapshot();
        let unknown = || ApiError::not_found(format!("Unknown allocation \"{id}\""));
        let alloc = state.alloc(id).ok_or_else(unknown)?;
        call.authorized.require(On::Namespace(&alloc.job.namespace))?;
        if let Some(local) = local.filter(|local| local.knows(id)) {
            return Ok(Place::Here(local));
        }
        let node = alloc.node;
        let request = request(call);
        let response = call.backend.to_node(node, request).await?;
        return Ok(Place::Elsewhere(Reply::new(ReplyBody::Response(Box::new(response)))));
    }
    match local.filter(|local| local.knows(id)) {
        Some(local) => Ok(Place::Here(local)),
        None => Err(ApiError::not_found(format!("Unknown allocation \"{id}\""))),
    }
}

/// The request as it came, to be passed on.
fn request<C: Cluster>(call: &mut Call<C>) -> Request {
    let mut request = Request::new(call.unread_body());
    *request.method_mut() = call.parts.method.clone();
    *request.uri_mut() = call.parts.uri.clone();
    *request.headers_mut() = call.parts.headers.clone();
    *request.extensions_mut() = call.parts.extensions.clone();
    request
}

/// The allocation that a path names.
pub(super) fn alloc_id(text: &str) -> Result<AllocId, ApiError> {
    text.parse().map_err(|_| ApiError::not_found(format!("Unknown allocation {text:?}")))
}

/// `GET /v1/client/stats?node_id=…`
async fn host_stats<C: Cluster>(mut call: Call<C>) -> Result<Reply, ApiError> {
    let local = call.backend.local_client();
    let wanted = call.query.raw.text("node_id").to_owned();
    if let Some(local) = &local
        && (wanted.is_empty() || local.node().to_string() == wanted)
    {
        return Reply::json(&local.host_stats());
    }
    if wanted.is_empty() {
        return Err(ApiError::bad_request("No local Node and node_id not provided"));
    }
    let state = call.backend.snapshot();
    let unknown = || ApiError::not_found(format!("Unknown node \"{wanted}\""));
    let node: NodeId = wanted.parse().map_err(|_| unknown())?;
    state.node(node).ok_or_else(unknown)?;
    let request = request(&mut call);
    let response = call.backend.to_node(node, request).await?;
    Ok(Reply::new(ReplyBody::Response(Box::new(response))))
}

/// `GET /v1/client/allocation/:id/stats`
async fn alloc_stats<C: Cluster>(mut call: Call<C>) -> Result<Reply, ApiError> {
    let id = alloc_id(call.param("id"))?;
    match place(&mut call, id).await? {
        Place::Elsewhere(reply) => Ok(reply),
        Place::Here(local) => {
            let stats = local.alloc_stats(id).await;
            Reply::json(&stats.ok_or_else(|| ApiError::not_found(format!("Unknown allocation \"{id}\"")))?)
        }
    }
}

/// `GET /v1/client/allocation/:id/checks`, also without `client`.
async fn checks<C: Cluster>(mut call: Call<C>) -> Result<Reply, ApiError> {
    let id = alloc_id(call.param("id"))?;
    match place(&mut call, id).await? {
        Place::Elsewhere(reply) => Ok(reply),
        Place::Here(local) => Reply::json(&local.checks(id)),
    }
}

/// `PUT /v1/client/allocation/:id/restart`
async fn restart<C: Cluster>(mut call: Call<C>) -> Result<Reply, ApiError> {
    let id = alloc_id(call.param("id"))?;
    let local = match place(&mut call, id).await? {
        Place::Elsewhere(reply) => return Ok(reply),
        Place::Here(local) => local,
    };
    let body = call.take_optional_json().await?.unwrap_or(Value::Null);
    let task = field(&body, "TaskName").and_then(Value::as_str).filter(|task| !task.is_empty());
    local.restart(id, task.map(str::to_owned)).await.map_err(ApiError::internal)?;
    Reply::json(&json!({ "Index": 0 }))
}

/// `PUT /v1/client/allocation/:id/signal`
async fn signal<C: Cluster>(mut call: Call<C>) -> Result<Reply, ApiError> {
    let id = alloc_id(call.param("id"))?;
    let local = match place(&mut call, id).await? {
        Place::Elsewhere(reply) => return Ok(reply),
        Place::Here(local) => local,
    };
    let body = call.take_json().await?;
    let text = |name: &str| {
        field(&body, name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let signal = text("Signal").unwrap_or_else(|| "SIGKILL".to_owned());
    local.signal(id, text("Task"), signal).await.map_err(ApiError::internal)?;
    Reply::json(&json!({ "Index": 0 }))
}
