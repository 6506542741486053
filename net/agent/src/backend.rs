//! The agent as the HTTP API sees it.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::extract::Request;
use axum::response::Response;
use futures::FutureExt;
use futures::future::BoxFuture;
use http_api::cluster::{AgentInfo, Cluster, EventBatch, LocalClient, ServerInfo};
use http_api::query::Consistency;
use http_api::{ApiError, Backend, Contact, Destination, Position, Watch, forward};
use model::{NodeId, Timestamp};
use serde_json::json;
use server::{NodePath, Server, WriteError};
use state::watch::WatchKey;
use state::{Applied, Command, Snapshot, State};
use tokio::time::Instant;
use wire::{Endpoint, Expect, Http, Pool, Region, Target, with_causes};

/// How long a request waits for somebody to lead before it is refused.
const LEADER_PATIENCE: Duration = Duration::from_secs(5);
/// Time between two looks for a leader.
const PAUSE: Duration = Duration::from_millis(20);
/// Connections to other agents for requests that are passed on.
const MAX_PEERS: usize = 256;

/// What an agent is made of, for the API.
pub(crate) struct AgentBackend {
    pub(crate) region: Region,
    pub(crate) name: String,
    pub(crate) datacenter: String,
    pub(crate) config: serde_json::Value,
    pub(crate) server: Option<Server>,
    pub(crate) client: OnceLock<Arc<dyn LocalClient>>,
    /// Servers that a client agent passes requests on to.
    pub(crate) servers: Vec<String>,
    pub(crate) pool: Pool<Http>,
    /// What a client agent has instead of a state: nothing.
    pub(crate) empty: Snapshot,
}

impl AgentBackend {
    /// A backend without its client part, which is added once it runs.
    pub(crate) fn new(
        region: Region,
        name: String,
        datacenter: String,
        config: serde_json::Value,
        server: Option<Server>,
        servers: Vec<String>,
        endpoint: Endpoint,
    ) -> Self {
        let pool = Pool::new(endpoint, MAX_PEERS);
        let empty = Arc::new(State::new());
        Self { region, name, datacenter, config, server, client: OnceLock::new(), servers, pool, empty }
    }

    pub(crate) fn server(&self) -> Result<&Server, ApiError> {
        self.server.as_ref().ok_or_else(|| ApiError::internal("this agent is no server"))
    }

    /// Passes a request on to a server of this region.
    async fn pass_to(&self, address: &str, request: Request) -> Result<Response, ApiError> {
        let addr = wire::resolve(address)
            .await
            .map_err(|error| ApiError::internal(format!("rpc error: {}", with_causes(&error))))?;
        let target = Target { addr, expect: Expect::server(self.region.clone()) };
        let connection = self
            .pool
            .get(&target)
            .await
            .map_err(|error| ApiError::internal(format!("rpc error: {}", with_causes(&error))))?;
        let response = forward::pass_on(&connection, request).await;
        if response.is_err() && connection.is_closed() {
            self.pool.forget(&target);
        }
        response
    }

    /// The leader's address, as soon as somebody leads. Empty when it is this server.
    async fn leader_address(&self) -> Result<String, ApiError> {
        let server = self.server()?;
        let deadline = Instant::now() + LEADER_PATIENCE;
        loop {
            if server.is_leader() {
                return Ok(String::new());
            }
            let leadership = server.leadership();
            if let Some(leader) = leadership.leader.filter(|_| !leadership.leading) {
                return Ok(leader.info.address);
            }
            if Instant::now() >= deadline {
                return Err(ApiError::no_leader());
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// How fresh a server's state is. A leader that no quorum confirms, and one that is not heard of any more, count as
/// unknown.
fn contact_of(server: &Server) -> Contact {
    const FRESH: Duration = Duration::from_secs(2);
    let status = server.view().status;
    let leads = status.leader.as_ref().is_some_and(|leader| leader.id == status.id);
    let alone = status.members.iter().filter(|one| one.voter).count() <= 1;
    let ago = match (leads, alone) {
        (true, true) => Some(Duration::ZERO),
        (true, false) => status.quorum_acked,
        (false, _) => status.leader_heard,
    };
    let fresh = ago.is_some_and(|ago| ago <= FRESH);
    let shown = if leads && fresh { Duration::ZERO } else { ago.unwrap_or_default() };
    Contact {
        known_leader: status.leader.is_some() && fresh,
        last_contact_ms: u64::try_from(shown.as_millis()).unwrap_or(u64::MAX),
    }
}

impl Watch for AgentBackend {
    type Snapshot = Snapshot;
    type Topic = WatchKey;

    fn snapshot(&self) -> Snapshot {
        self.server.as_ref().map_or_else(|| Arc::clone(&self.empty), Server::snapshot)
    }

    fn floor(&self, snapshot: &Snapshot) -> u64 {
        snapshot.restored
    }

    fn changed<'a>(&'a self, seen: &'a Snapshot, topics: &'a [WatchKey]) -> BoxFuture<'a, ()> {
        async move {
            let Some(server) = &self.server else { return std::future::pending().await };
            server.changed(seen, topics).await;
        }
        .boxed()
    }
}

impl Backend for AgentBackend {
    fn region(&self) -> &str {
        self.region.as_str()
    }

    fn position(&self) -> Position {
        match &self.server {
            None => Position::Client,
            Some(server) if server.is_leader() => Position::Leader,
            Some(_) => Position::Follower,
        }
    }

    fn contact(&self) -> Contact {
        self.server.as_ref().map_or(Contact { known_leader: false, last_contact_ms: 0 }, contact_of)
    }

    fn prepare_read(&self, consistency: Consistency) -> BoxFuture<'_, Result<(), ApiError>> {
        async move {
            let server = self.server()?;
            let quorum = match consistency {
                Consistency::Stale => return Ok(()),
                Consistency::Default => false,
                Consistency::Consistent => true,
            };
            server.barrier(quorum).await.map_err(|_| ApiError::no_leader())
        }
        .boxed()
    }

    fn forward(&self, to: Destination, request: Request) -> BoxFuture<'_, Result<Response, ApiError>> {
        async move {
            match to {
                Destination::Region(_) => Err(ApiError::no_region()),
                Destination::Leader => match self.leader_address().await?.as_str() {
                    // Leadership came here meanwhile; the caller asks again.
                    "" => Err(ApiError::no_leader()),
                    address => self.pass_to(address, request).await,
                },
                Destination::Server => match self.servers.first() {
                    Some(address) => self.pass_to(address, request).await,
                    None => Err(ApiError::internal("No cluster leader")),
                },
            }
        }
        .boxed()
    }
}

impl Cluster for AgentBackend {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(model::Nanos::from(since).0)
    }

    fn random_id(&self) -> u128 {
        uuid::Uuid::new_v4().as_u128()
    }

    fn propose(&self, command: Command) -> BoxFuture<'_, Result<Arc<Applied>, ApiError>> {
        async move {
            let written = self.server()?.propose(command).await;
            written.map_err(|error| match error {
                WriteError::NotLeader => ApiError::no_leader(),
                WriteError::Busy => ApiError::new(http::StatusCode::TOO_MANY_REQUESTS, error.to_string()),
                WriteError::Unknown | WriteError::Refused(_) => ApiError::internal(error.to_string()),
            })
        }
        .boxed()
    }

    fn servers(&self) -> Vec<ServerInfo> {
        let Some(server) = &self.server else { return Vec::new() };
        let view = server.view();
        let leader = view.status.leader.as_ref().map(|leader| leader.id);
        let silent = Duration::from_secs(3);
        view.status
            .members
            .into_iter()
            .map(|one| ServerInfo {
                leader: Some(one.member.id) == leader,
                alive: one.last_contact.is_none_or(|ago| ago < silent),
                voter: one.voter,
                id: one.member.id.to_string(),
                number: one.member.id.0,
                name: one.member.info.name,
                address: one.member.info.address,
                http_address: one.member.info.http_address,
            })
            .collect()
    }

    fn regions(&self) -> Vec<String> {
        vec![self.region.as_str().to_owned()]
    }

    fn agent(&self) -> AgentInfo {
        let mut stats = json!({});
        if let Some(server) = &self.server {
            let view = server.view();
            let leader = view.status.leader.as_ref().map_or("", |leader| leader.info.address.as_str());
            let number = |number: Option<u64>| number.unwrap_or(0).to_string();
            stats["nomad"] = json!({
                "server": "true", "leader": view.leading.to_string(), "leader_addr": leader,
                "bootstrap": "false", "known_regions": "1",
            });
            stats["raft"] = json!({
                "num_peers": view.status.members.len().saturating_sub(1).to_string(),
                "term": view.status.term.to_string(),
                "last_log_index": number(view.status.last_log),
                "commit_index": number(view.status.committed),
                "applied_index": number(view.status.applied),
                "state": format!("{:?}", view.status.role),
                "disk_syncs": view.disk_syncs.to_string(),
            });
        }
        if let Some(client) = self.client.get() {
            stats["client"] =
                json!({ "node_id": client.node().to_string(), "known_servers": self.servers.join(",") });
        }
        AgentInfo {
            name: self.name.clone(),
            datacenter: self.datacenter.clone(),
            config: self.config.clone(),
            stats,
            version: env!("CARGO_PKG_VERSION"),
        }
    }

    fn force_gc(&self) -> BoxFuture<'_, Result<(), ApiError>> {
        async move {
            self.server()?.force_gc().await;
            Ok(())
        }
        .boxed()
    }

    fn to_node(&self, node: NodeId, request: Request) -> BoxFuture<'_, Result<Response, ApiError>> {
        async move {
            match self.server()?.path_to(node).await {
                NodePath::Direct(connection) => forward::pass_on(&connection, request).await,
                NodePath::Through(address) => self.pass_to(&address, request).await,
                NodePath::None => Err(ApiError::not_found("No path to node")),
            }
        }
        .boxed()
    }

    fn local_client(&self) -> Option<Arc<dyn LocalClient>> {
        self.client.get().cloned()
    }

    fn events_after(&self, index: u64) -> BoxFuture<'_, Vec<EventBatch>> {
        async move {
            let Some(server) = &self.server else { return std::future::pending().await };
            let mut newest = server.events().watch();
            loop {
                let events = server.events().after(index);
                if !events.is_empty() {
                    let batch = |event: server::LoggedEvent| EventBatch {
                        applied: event.applied,
                        snapshot: event.snapshot,
                    };
                    return events.into_iter().map(batch).collect();
                }
                if newest.changed().await.is_err() {
                    return std::future::pending().await;
                }
            }
        }
        .boxed()
    }
}
