//! `/v1/status/…` and `/v1/regions`.

use serde_json::Value;

use crate::authorize::Scope;
use crate::cluster::{Cluster, ServerInfo};
use crate::route::{Filter, Handler, Method, Reach, handler};
use crate::{ApiError, Call, Reply, Route};

/// The endpoints about the servers that anybody may ask.
pub(super) fn routes<C: Cluster>() -> Vec<Route<C>> {
    let get = |path, reach, handler: Handler<C>| Route {
        method: Method::Get,
        path,
        capability: &[],
        scope: Scope::Open,
        filter: Filter::None,
        reach,
        handler,
    };
    vec![
        get("/v1/status/leader", Reach::Agent, handler(leader::<C>)),
        get("/v1/status/peers", Reach::Agent, handler(peers::<C>)),
        get("/v1/regions", Reach::Agent, handler(regions::<C>)),
    ]
}

/// `GET /v1/status/leader`
async fn leader<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    check_region(&call)?;
    let servers = call.backend.servers();
    let leader = servers.iter().find(|server| server.leader).map_or("", |server| server.address.as_str());
    Reply::json(leader)
}

/// `GET /v1/status/peers`
async fn peers<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    check_region(&call)?;
    let peers: Vec<String> =
        call.backend.servers().into_iter().filter(|server| server.voter).map(address).collect();
    Reply::json(&peers)
}

/// `GET /v1/regions`
async fn regions<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    Reply::json(&Value::from(call.backend.regions()))
}

fn address(server: ServerInfo) -> String {
    server.address
}

/// Refuses a region that is not this one: these routes answer from the agent itself.
fn check_region<C: Cluster>(call: &Call<C>) -> Result<(), ApiError> {
    match &call.query.region {
        Some(region) if region != call.backend.region() => Err(ApiError::no_region()),
        Some(_) | None => Ok(()),
    }
}
