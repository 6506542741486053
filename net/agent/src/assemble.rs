//! One agent: server, client, or both, with its doors.
//!
//! Everything that an agent starts is in its task set and ends with it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use client::{Client, ShutdownMode};
use http_api::listen::{Limits, TcpConfig};
use http_api::{Api, ApiConfig, Guard, routes};
use server::{Server, ServerConfig};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use wire::{Credentials, Endpoint, EndpointConfig, Region};

use crate::addresses::advertise;
use crate::backend::AgentBackend;
use crate::config::{AgentConfig, ConfigError};
use crate::error::AgentError;
use crate::listeners;
use crate::local_client::ApiClient;
use crate::server_link::{Link, QuicLink};

/// How long closing connections may take.
const GOODBYE: Duration = Duration::from_millis(300);

/// What an agent is assembled from.
pub(crate) struct Parts {
    /// Its configuration; names and addresses are final.
    pub(crate) config: AgentConfig,
    /// The server part.
    pub(crate) server: Option<ServerParts>,
    /// The client part; addresses of the API are filled in.
    pub(crate) client: Option<client::Config>,
    /// Servers that the client talks to; the agent's own one when empty.
    pub(crate) servers: Vec<String>,
    /// Its certificate.
    pub(crate) credentials: Credentials,
    /// Where its API listens.
    pub(crate) http: TcpListener,
    /// TLS of the API.
    pub(crate) http_tls: Option<Arc<rustls::ServerConfig>>,
    /// Path of the unix socket of its API.
    pub(crate) socket: PathBuf,
    /// Where other agents reach it (UDP).
    pub(crate) rpc: SocketAddr,
    /// Whether it is part of a dev cluster.
    pub(crate) dev: bool,
}

/// The server part of an agent.
pub(crate) struct ServerParts {
    /// Directory of its log.
    pub(crate) data_dir: PathBuf,
    /// Evaluations scheduled at a time.
    pub(crate) workers: usize,
}

/// A running agent.
pub(crate) struct Agent {
    pub(crate) name: String,
    pub(crate) http_address: String,
    pub(crate) rpc_address: String,
    pub(crate) server: Option<Server>,
    pub(crate) client: Option<Arc<Client>>,
    endpoint: Endpoint,
    link: Option<Arc<QuicLink>>,
    tasks: JoinSet<()>,
}

impl Agent {
    /// Starts everything that an agent consists of.
    pub(crate) async fn start(parts: Parts) -> Result<Self, AgentError> {
        let region =
            Region::new(&parts.config.region).map_err(|error| ConfigError::Invalid(error.to_string()))?;
        let (endpoint, listener) = Endpoint::bind(EndpointConfig::new(parts.rpc), &parts.credentials)
            .map_err(|source| AgentError::Endpoint { address: parts.rpc, source: Box::new(source) })?;
        let rpc_bound = endpoint.local_addr().unwrap_or(parts.rpc);
        let http_bound = parts.http.local_addr().map_err(|source| AgentError::Port {
            address: "the HTTP API".to_owned(),
            owner: None,
            source,
        })?;
        let rpc_address = advertise(&parts.config, "rpc", rpc_bound)?;
        let http_address = advertise(&parts.config, "http", http_bound)?;
        let server = match &parts.server {
            Some(server) => {
                let config = server_config(&parts, server, &rpc_address, &http_address);
                Some(Server::start(config, endpoint.clone()).await.map_err(AgentError::Server)?)
            }
            None => None,
        };
        let servers =
            if parts.servers.is_empty() { vec![rpc_address.clone()] } else { parts.servers.clone() };
        let backend = Arc::new(AgentBackend::new(
            region.clone(),
            parts.config.name.clone(),
            parts.config.datacenter.clone(),
            crate::show_config::show(&parts.config, parts.dev),
            server.clone(),
            servers.clone(),
            endpoint.clone(),
        ));
        let guard = Guard::default();
        let api_config = ApiConfig { guard, ..ApiConfig::default() };
        let api = Api::new(api_config, routes::all::<AgentBackend>(), Arc::clone(&backend));
        let mut tasks = JoinSet::new();
        let per_address = if parts.dev { 0 } else { parts.config.http_max_conns_per_client };
        let limits = Limits { per_address, ..Limits::default() };
        tasks.spawn(listeners::tcp(parts.http, TcpConfig { limits, tls: parts.http_tls }, api.clone()));
        tasks.spawn(listeners::accept(listener, server.clone(), api.clone()));
        let mut agent = Self {
            name: parts.config.name.clone(),
            http_address: http_address.clone(),
            rpc_address,
            server,
            client: None,
            endpoint: endpoint.clone(),
            link: None,
            tasks,
        };
        if let Some(mut config) = parts.client {
            config.http_addr = http_address;
            let link = Arc::new(QuicLink::new(endpoint, region, servers));
            link.serve(api.clone());
            agent.link = Some(Arc::clone(&link));
            let started = Client::start(config, Arc::new(Link(link))).await;
            let client = match started {
                Ok(client) => Arc::new(client),
                Err(error) => {
                    agent.stop(ShutdownMode::Detach { back_in: Duration::ZERO }).await;
                    return Err(AgentError::Client(error));
                }
            };
            // It is set once, here.
            let _ = backend.client.set(Arc::new(ApiClient(Arc::clone(&client))));
            agent.client = Some(client);
        }
        // Last, when the locks say that the data directory is this agent's.
        agent.tasks.spawn(listeners::unix(parts.socket, api));
        Ok(agent)
    }

    /// Stops it: the client first, so that it can still report.
    pub(crate) async fn stop(mut self, mode: ShutdownMode) {
        if let Some(client) = self.client.take() {
            client.shutdown(mode).await;
        }
        if let Some(link) = &self.link {
            link.hang_up();
        }
        if let Some(server) = &self.server {
            server.shutdown().await;
        }
        self.endpoint.close("the agent stops");
        self.tasks.shutdown().await;
        self.endpoint.wait_idle(GOODBYE).await;
    }
}

fn server_config(parts: &Parts, server: &ServerParts, rpc_address: &str, http_address: &str) -> ServerConfig {
    let config = &parts.config;
    ServerConfig {
        region: config.region.clone(),
        name: config.name.clone(),
        data_dir: server.data_dir.clone(),
        rpc_address: rpc_address.to_owned(),
        http_address: http_address.to_owned(),
        bootstrap_expect: config.server.bootstrap_expect,
        join: config.server.retry_join.clone(),
        join_interval: config.server.retry_interval.to_duration(),
        dev: parts.dev,
        heartbeat_grace: config.server.heartbeat_grace,
        workers: server.workers,
        autopilot: config.autopilot.clone(),
        snapshot_entries: config.server.raft_snapshot_threshold,
        keep_entries: config.server.raft_trailing_logs,
    }
}
