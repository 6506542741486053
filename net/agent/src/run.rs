//! An agent as a process of its own: configuration in, until a signal ends it.

use std::path::{Path, PathBuf};

use client::ShutdownMode;
use http_api::listen::{TlsFiles, tls_config};
use wire::{Region, Role};

use crate::assemble::{Agent, Parts, ServerParts};
use crate::client_settings::client_config;
use crate::config::{AgentConfig, ConfigError};
use crate::error::AgentError;
use crate::signals::{StopSignal, stop_requested};
use crate::{addresses, certificates, ports};

/// How long an agent that stops says it will be away: time for a restart or an upgrade.
const BACK_IN: std::time::Duration = std::time::Duration::from_secs(60);

/// What an agent says when it has started.
#[derive(Debug, Clone)]
pub struct AgentReport {
    /// Its name.
    pub name: String,
    /// Address of its HTTP API.
    pub http_address: String,
    /// Address for other agents.
    pub rpc_address: String,
    /// Id of its node, if it is a client.
    pub node_id: Option<String>,
    /// Whether it has no `tls` block, and so speaks only to itself.
    pub own_certificates: bool,
}

/// Runs an agent until a signal ends it; `started` is told once it runs.
///
/// # Errors
/// The configuration is wrong, a port or directory is taken, or the server stopped for good.
pub async fn run_agent(
    mut config: AgentConfig,
    started: impl FnOnce(&AgentReport),
) -> Result<StopSignal, AgentError> {
    check(&config)?;
    if config.name.is_empty() {
        config.name = host_name();
    }
    let agent = start(&config).await?;
    started(&AgentReport {
        name: agent.name.clone(),
        http_address: agent.http_address.clone(),
        rpc_address: agent.rpc_address.clone(),
        node_id: agent.client.as_ref().map(|client| client.node_id().to_string()),
        own_certificates: !config.has_certificates(),
    });
    let server = agent.server.clone();
    let fatal = async {
        match &server {
            Some(server) => server.fatal().await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        signal = stop_requested() => {
            let leave = match signal {
                StopSignal::Interrupt => config.leave_on_interrupt,
                StopSignal::Terminate => config.leave_on_terminate,
            };
            let mode = if leave { ShutdownMode::Leave } else { ShutdownMode::Detach { back_in: BACK_IN } };
            agent.stop(mode).await;
            Ok(signal)
        }
        reason = fatal => {
            agent.stop(ShutdownMode::Detach { back_in: BACK_IN }).await;
            Err(AgentError::Fatal(reason))
        }
    }
}

fn check(config: &AgentConfig) -> Result<(), AgentError> {
    let invalid = |text: &str| Err(AgentError::Config(ConfigError::Invalid(text.to_owned())));
    if !config.server.enabled && !config.client.enabled {
        return invalid("enable at least one of server and client: server { enabled = true }");
    }
    if config.data_dir.is_none() {
        return invalid("data_dir is missing: the agent keeps everything there");
    }
    if config.data_dir.as_ref().is_some_and(|dir| !dir.is_absolute()) {
        return invalid("data_dir must be an absolute path");
    }
    if config.server.enabled && config.server.bootstrap_expect == 0 && config.server.retry_join.is_empty() {
        return invalid("server.bootstrap_expect or server.server_join.retry_join is needed");
    }
    if config.client.enabled && !config.server.enabled && config.client.servers.is_empty() {
        return invalid("client.servers is missing: which servers should the client talk to?");
    }
    if !config.has_certificates() {
        let bind = config.bind_address();
        if !bind.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback()) {
            return invalid(
                "without a tls block an agent listens on loopback only, since nobody could tell friend from foe: \
                 remove bind_addr, or make certificates with `nomadctl tls ca create` and `nomadctl tls cert create`",
            );
        }
    }
    Ok(())
}

async fn start(config: &AgentConfig) -> Result<Agent, AgentError> {
    let data_dir = config.data_dir.clone().unwrap_or_default();
    make_dir(&data_dir)?;
    let region = Region::new(&config.region).map_err(|error| ConfigError::Invalid(error.to_string()))?;
    let role = if config.server.enabled { Role::Server } else { Role::Client };
    let credentials = certificates::of_agent(config, role, &region, &data_dir)?;
    let http_address = addresses::bind(config, "http", config.ports.http)?;
    let http = ports::listen(&http_address.to_string()).await?;
    let server = config.server.enabled.then(|| ServerParts {
        data_dir: data_dir.join("server").join("raft"),
        workers: workers(config.server.num_schedulers),
    });
    let client = if config.client.enabled { Some(client_config(config, &data_dir)?) } else { None };
    let parts = Parts {
        config: config.clone(),
        server,
        client,
        servers: config.client.servers.clone(),
        credentials,
        http,
        http_tls: http_tls(config)?,
        socket: data_dir.join("http.sock"),
        rpc: addresses::bind(config, "rpc", config.ports.rpc)?,
        dev: false,
    };
    Agent::start(parts).await
}

fn http_tls(config: &AgentConfig) -> Result<Option<std::sync::Arc<rustls::ServerConfig>>, AgentError> {
    if !config.tls.http {
        return Ok(None);
    }
    let read = |path: &str| {
        std::fs::read_to_string(path).map_err(|source| AgentError::File { path: PathBuf::from(path), source })
    };
    let files = TlsFiles {
        cert_pem: read(&config.tls.cert_file)?,
        key_pem: read(&config.tls.key_file)?,
        client_ca_pem: if config.tls.verify_https_client { Some(read(&config.tls.ca_file)?) } else { None },
    };
    tls_config(&files).map(Some).map_err(|error| AgentError::Certificates(error.to_string()))
}

/// One worker for each core unless told otherwise.
pub(crate) fn workers(wanted: usize) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    if wanted == 0 { cores } else { wanted.min(cores) }
}

pub(crate) fn make_dir(dir: &Path) -> Result<(), AgentError> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .map_err(|source| AgentError::File { path: dir.to_owned(), source })
}

fn host_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}
