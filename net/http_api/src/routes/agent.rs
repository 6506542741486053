//! `/v1/agent/…`

use serde_json::{Value, json};

use crate::authorize::{Capability, Scope};
use crate::cluster::{AgentInfo, Cluster, ServerInfo};
use crate::route::{Filter, Handler, Method, Reach, handler};
use crate::{ApiError, Call, Position, Reply, Route};

/// The endpoints about the agent itself.
pub(super) fn routes<C: Cluster>() -> Vec<Route<C>> {
    let get = |path, capability, scope, handler: Handler<C>| Route {
        method: Method::Get,
        path,
        capability,
        scope,
        filter: Filter::None,
        reach: Reach::Agent,
        handler,
    };
    let write = |path, reach, handler: Handler<C>| Route {
        method: Method::Write,
        path,
        capability: &[Capability::AgentWrite],
        scope: Scope::Cluster,
        filter: Filter::None,
        reach,
        handler,
    };
    vec![
        get("/v1/agent/self", &[Capability::AgentRead], Scope::Cluster, handler(this::<C>)),
        get("/v1/agent/health", &[], Scope::Open, handler(health::<C>)),
        get("/v1/agent/members", &[Capability::NodeRead], Scope::Cluster, handler(members::<C>)),
        get("/v1/agent/servers", &[Capability::AgentRead], Scope::Cluster, handler(servers::<C>)),
        write("/v1/agent/join", Reach::Agent, handler(join::<C>)),
        write("/v1/agent/force-leave", Reach::Leader, handler(force_leave::<C>)),
    ]
}

/// `GET /v1/agent/self`
async fn this<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let agent = call.backend.agent();
    let servers = call.backend.servers();
    let own = servers.iter().find(|server| server.name == agent.name);
    let is_server = call.backend.position() != Position::Client;
    let member = match own.filter(|_| is_server) {
        Some(server) => member(server, &agent, call.backend.region()),
        None => json!({
            "Addr": "", "DelegateCur": 0, "DelegateMax": 0, "DelegateMin": 0, "Name": "", "Port": 0,
            "ProtocolCur": 0, "ProtocolMax": 0, "ProtocolMin": 0, "Status": "none", "Tags": null,
        }),
    };
    Reply::json(&json!({ "config": agent.config, "member": member, "stats": agent.stats }))
}

/// `GET /v1/agent/members`
async fn members<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let agent = call.backend.agent();
    let region = call.backend.region();
    let members: Vec<Value> =
        call.backend.servers().iter().map(|server| member(server, &agent, region)).collect();
    Reply::json(&json!({
        "Members": members, "ServerDC": agent.datacenter, "ServerName": agent.name, "ServerRegion": region,
    }))
}

/// `GET /v1/agent/servers`
async fn servers<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let addresses: Vec<String> = call.backend.servers().into_iter().map(|server| server.address).collect();
    Reply::json(&addresses)
}

/// `PUT /v1/agent/join?address=…&address=…`
async fn join<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    if call.backend.position() == Position::Client {
        return Err(ApiError::new(http::StatusCode::NOT_IMPLEMENTED, "Invalid method"));
    }
    let addresses: Vec<String> = call.query.raw.all("address").map(str::to_owned).collect();
    if addresses.is_empty() {
        return Err(ApiError::bad_request("missing address to join"));
    }
    let (joined, error) = match call.backend.join(addresses).await {
        Ok(joined) => (joined, String::new()),
        Err(error) => (0, error.text().to_owned()),
    };
    Reply::json(&json!({ "num_joined": joined, "error": error }))
}

/// `PUT /v1/agent/force-leave?node=`
async fn force_leave<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let name = call.query.raw.text("node");
    if name.is_empty() {
        return Err(ApiError::bad_request("missing node to force leave"));
    }
    call.backend.force_leave(name).await?;
    Ok(Reply::empty())
}

fn member(server: &ServerInfo, agent: &AgentInfo, region: &str) -> Value {
    let (host, port) = server.address.rsplit_once(':').unwrap_or((&server.address, "0"));
    json!({
        "Addr": host, "DelegateCur": 4, "DelegateMax": 5, "DelegateMin": 2,
        "Name": format!("{}.{region}", server.name), "Port": port.parse::<u16>().unwrap_or(0),
        "ProtocolCur": 2, "ProtocolMax": 5, "ProtocolMin": 1,
        "Status": if server.alive { "alive" } else { "failed" },
        "Tags": {
            "role": "nomad", "region": region, "dc": agent.datacenter, "id": server.id, "port": port,
            "rpc_addr": host, "build": agent.version, "revision": "", "vsn": "1", "raft_vsn": "3",
        },
    })
}

/// `GET /v1/agent/health?type=server&type=client`
async fn health<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let wanted: Vec<&str> = call.query.raw.all("type").collect();
    let asks = |kind: &str| wanted.is_empty() || wanted.contains(&kind);
    let mut body = json!({});
    let mut healthy = true;
    if asks("server") && call.backend.position() != Position::Client {
        let ok = call.backend.contact().known_leader;
        healthy &= ok;
        body["server"] = json!({ "message": if ok { "ok" } else { "No cluster leader" }, "ok": ok });
    }
    if asks("client") && call.backend.local_client().is_some() {
        let ok = !call.backend.servers().is_empty();
        healthy &= ok;
        body["client"] = json!({ "message": if ok { "ok" } else { "no known servers" }, "ok": ok });
    }
    if healthy { Reply::json(&body) } else { Err(ApiError::internal(body.to_string())) }
}
