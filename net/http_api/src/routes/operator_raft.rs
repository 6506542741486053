//! `/v1/operator/raft/…`

use serde_json::{Value, json};

use crate::authorize::Capability;
use crate::cluster::{Cluster, ServerInfo};
use crate::route::{Method, Reach, handler};
use crate::{ApiError, Call, Reply, Route};

const CONFIGURATION: &str = "/v1/operator/raft/configuration";
const PEER: &str = "/v1/operator/raft/peer";
const TRANSFER: &str = "/v1/operator/raft/transfer-leadership";

/// The endpoints of the servers' own group.
pub(super) fn routes<C: Cluster>() -> Vec<Route<C>> {
    let route = |method, path, reach, handler| {
        Route::of_cluster(method, path, &[Capability::Management], reach, handler)
    };
    let refused = Route::<C>::refusing;
    vec![
        route(Method::Get, CONFIGURATION, Reach::Region, handler(configuration::<C>)),
        refused(CONFIGURATION, handler(only_get::<C>)),
        route(Method::Delete, PEER, Reach::Leader, handler(remove::<C>)),
        refused(PEER, handler(super::operator::no_such_method::<C>)),
        route(Method::Write, TRANSFER, Reach::Leader, handler(transfer::<C>)),
        refused(TRANSFER, handler(super::operator::no_such_method::<C>)),
    ]
}

fn describe(server: &ServerInfo, region: &str) -> Value {
    json!({
        "Address": server.address, "ID": server.id, "Leader": server.leader,
        "Node": format!("{}.{region}", server.name), "RaftProtocol": "3", "Voter": server.voter,
    })
}

/// `GET /v1/operator/raft/configuration`
async fn configuration<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let region = call.backend.region().to_owned();
    let servers: Vec<Value> = call.backend.servers().iter().map(|server| describe(server, &region)).collect();
    Reply::json(&json!({ "Index": 0, "Servers": servers }))
}

/// Any other method: 405 and nothing more.
async fn only_get<C: Cluster>(_: Call<C>) -> Result<Reply, ApiError> {
    Err(ApiError::new(http::StatusCode::METHOD_NOT_ALLOWED, ""))
}

/// `DELETE /v1/operator/raft/peer?id=`
async fn remove<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let query = &call.query.raw;
    let id = query.text("id");
    if id.is_empty() {
        let text = if query.has("address") {
            "Removing a peer by address is not supported in the current raft protocol version"
        } else {
            "Must specify the peer's ID to remove"
        };
        return Err(ApiError::bad_request(text));
    }
    call.backend.remove_server(id).await?;
    Ok(Reply::empty())
}

/// `PUT /v1/operator/raft/transfer-leadership?id=` or `?address=`
async fn transfer<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let query = &call.query.raw;
    let (id, address) = (query.text("id"), query.text("address"));
    match (id.is_empty(), address.is_empty()) {
        (true, true) => return Err(ApiError::bad_request("must specify id or address")),
        (false, false) => return Err(ApiError::bad_request("must specify either id or address, not both")),
        (true, false) | (false, true) => {}
    }
    let servers = call.backend.servers();
    let meant = |server: &&ServerInfo| server.id == id || (id.is_empty() && server.address == address);
    let to = servers.iter().find(meant).ok_or_else(|| {
        let what = if id.is_empty() { address } else { id };
        ApiError::internal(format!("no server {what:?} is part of the group"))
    })?;
    let from = servers.iter().find(|server| server.leader).unwrap_or(to);
    let noop = from.id == to.id;
    if !noop {
        call.backend.transfer_leadership(&to.id).await?;
    }
    let region = call.backend.region();
    Reply::json(&json!({
        "From": describe(from, region), "To": describe(to, region), "Noop": noop, "Err": null,
    }))
}
