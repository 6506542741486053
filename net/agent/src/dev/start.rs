//! Starting, watching and ending a dev cluster.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use client::{RawExecSettings, Roots, ShutdownMode, sweep_leftovers};
use model::{Nanos, NodeStatus};
use tokio::task::JoinSet;
use tokio::time::Instant;
use wire::ca::ClusterCa;
use wire::{Region, Role};

use super::DevOptions;
use super::owner::{self, Record};
use super::share::Share;
use crate::assemble::{Agent, Parts, ServerParts};
use crate::client_settings::client_config;
use crate::config::{AgentConfig, ConfigError};
use crate::error::AgentError;
use crate::run::{make_dir, workers};
use crate::signals::{StopSignal, stop_requested};
use crate::simulated::{Fleet, FleetOptions};
use crate::{certificates, ports};

/// Region of a dev cluster.
const REGION: &str = "global";
/// How long a cluster may take to be ready.
const READY: Duration = Duration::from_secs(30);
/// Percent of the disk, and of its inodes, in use from which on directories of ended tasks are deleted.
const FULL_DISK: u8 = 98;
/// Time between two looks whether it is.
const LOOK: Duration = Duration::from_millis(2);

/// What a dev cluster says when it is ready.
#[derive(Debug, Clone)]
pub struct DevReport {
    /// Address of the first server's HTTP API, with its scheme.
    pub http_address: String,
    /// Names and HTTP addresses of the servers.
    pub servers: Vec<(String, String)>,
    /// Names of the clients.
    pub clients: Vec<String>,
    /// Simulated nodes.
    pub sim_nodes: usize,
    /// Where everything is kept.
    pub data_dir: PathBuf,
    /// Whether that directory stays.
    pub persists: bool,
    /// Time that it took to be ready.
    pub ready_after: Duration,
    /// What was left by killed predecessors and is gone now.
    pub swept: usize,
}

/// A running dev cluster.
pub struct DevCluster {
    servers: Vec<Agent>,
    clients: Vec<Agent>,
    simulated: Option<Fleet>,
    record: Record,
    report: DevReport,
}

impl DevCluster {
    /// Starts a cluster and returns when it is ready: a leader leads, every client is registered and ready, and
    /// the HTTP API answers.
    ///
    /// # Errors
    /// A port is taken, a directory cannot be used, or the cluster is not ready in time.
    pub async fn start(options: DevOptions) -> Result<Self, AgentError> {
        options.check()?;
        let started = Instant::now();
        // First of all, so that nothing was touched when the port is taken.
        let http = ports::listen(&format!("127.0.0.1:{}", options.http_port)).await?;
        let swept = sweep().await;
        let mut cluster = Self::prepare(&options, swept)?;
        let result = cluster.assemble(&options, http).await;
        if let Err(error) = result {
            cluster.shutdown().await;
            return Err(error);
        }
        cluster.report.ready_after = started.elapsed();
        Ok(cluster)
    }

    fn prepare(options: &DevOptions, swept: usize) -> Result<Self, AgentError> {
        let pid = std::process::id();
        let dir = match &options.persist {
            Some(dir) => std::path::absolute(dir).unwrap_or_else(|_| dir.clone()),
            None => std::env::temp_dir().join(format!("nomadctl-dev-{pid}")),
        };
        make_dir(&dir)?;
        let client_dir = |number: usize| dir.join(format!("client-{number}"));
        let record = Record {
            pid,
            start_time: owner::start_time(pid).unwrap_or(0),
            dir: dir.clone(),
            persist: options.persist.is_some(),
            cgroups: (0..options.clients).map(|number| cgroup(pid, number)).collect(),
            clients: (0..options.clients)
                .map(|number| (client_dir(number).join("client"), client_dir(number).join("alloc")))
                .collect(),
        };
        record.save().map_err(|source| AgentError::File { path: record.path(), source })?;
        let report = DevReport {
            http_address: format!("http://127.0.0.1:{}", options.http_port),
            servers: Vec::new(),
            clients: Vec::new(),
            sim_nodes: options.sim_nodes,
            data_dir: dir,
            persists: options.persist.is_some(),
            ready_after: Duration::ZERO,
            swept,
        };
        Ok(Self { servers: Vec::new(), clients: Vec::new(), simulated: None, record, report })
    }

    async fn assemble(
        &mut self,
        options: &DevOptions,
        http: tokio::net::TcpListener,
    ) -> Result<(), AgentError> {
        let ca = certificates::new_ca()?;
        let region = Region::new(REGION).map_err(|error| ConfigError::Invalid(error.to_string()))?;
        self.start_servers(options, &ca, &region, http).await?;
        let addresses: Vec<String> = self.servers.iter().map(|server| server.rpc_address.clone()).collect();
        self.start_clients(options, &ca, &region, &addresses).await?;
        if options.sim_nodes > 0 {
            self.simulated = Some(start_simulated(options, &ca, region, addresses).await?);
        }
        self.await_ready(options.clients + options.sim_nodes).await?;
        self.report.servers =
            self.servers.iter().map(|one| (one.name.clone(), one.http_address.clone())).collect();
        self.report.clients = self.clients.iter().map(|one| one.name.clone()).collect();
        if let Some(first) = self.servers.first() {
            self.report.http_address = format!("http://{}", first.http_address);
        }
        Ok(())
    }

    async fn start_servers(
        &mut self,
        options: &DevOptions,
        ca: &ClusterCa,
        region: &Region,
        http: tokio::net::TcpListener,
    ) -> Result<(), AgentError> {
        let mut first = Some(http);
        for number in 0..options.servers {
            let listener = match first.take() {
                Some(listener) => listener,
                None => ports::listen("127.0.0.1:0").await?,
            };
            let mut config = agent_config(&format!("server-{number}"));
            config.server.enabled = true;
            config.server.retry_join = self.servers.iter().map(|one| one.rpc_address.clone()).collect();
            config.server.bootstrap_expect = usize::from(number == 0);
            // Servers of one process need no probation.
            config.autopilot.server_stabilization_time = Nanos::ZERO;
            let dir = self.record.dir.join(format!("server-{number}"));
            make_dir(&dir)?;
            let server = ServerParts {
                data_dir: dir.join("raft"),
                workers: workers(0).div_ceil(options.servers).max(1),
            };
            let credentials = certificates::issue(ca, Role::Server, region)?;
            let parts = Parts { server: Some(server), ..parts(&dir, config, credentials, listener) };
            self.servers.push(Agent::start(parts).await?);
        }
        Ok(())
    }

    async fn start_clients(
        &mut self,
        options: &DevOptions,
        ca: &ClusterCa,
        region: &Region,
        servers: &[String],
    ) -> Result<(), AgentError> {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let memory = total_memory_mb();
        let mut starting = JoinSet::new();
        for number in 0..options.clients {
            let config = agent_config(&format!("client-{number}"));
            let share = Share::of(number, options.clients, cores, memory);
            let dir = self.record.dir.join(format!("client-{number}"));
            make_dir(&dir)?;
            let mut client = client_config(&config, &dir)?;
            client.cores = Some(share.cores);
            client.memory_total_mb = Some(share.memory_mb);
            client.dynamic_ports = share.ports;
            client.cgroup_parent = Some(cgroup(self.record.pid, number));
            client.network_interface = Some("lo".to_owned());
            client.drivers.raw_exec = Some(RawExecSettings::default());
            client.drivers.mock = Some(builtin::MockOptions::default());
            client.ephemeral = !self.record.persist;
            // A laptop's disk is often nearly full; ended tasks should keep their logs all the same.
            client.gc.disk_percent = FULL_DISK;
            client.gc.inode_percent = FULL_DISK;
            let http = ports::listen("127.0.0.1:0").await?;
            let credentials = certificates::issue(ca, Role::Client, region)?;
            let parts = Parts {
                client: Some(client),
                servers: servers.to_vec(),
                ..parts(&dir, config, credentials, http)
            };
            starting.spawn(Agent::start(parts));
        }
        while let Some(started) = starting.join_next().await {
            let agent = started.map_err(|error| AgentError::NotReady(0, error.to_string()))??;
            self.clients.push(agent);
        }
        self.clients.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(())
    }

    /// Waits until a leader leads and so many nodes are ready.
    async fn await_ready(&self, nodes: usize) -> Result<(), AgentError> {
        let deadline = Instant::now() + READY + Duration::from_millis(20) * u32::try_from(nodes).unwrap_or(0);
        let servers: Vec<_> = self.servers.iter().filter_map(|agent| agent.server.as_ref()).collect();
        loop {
            let leader = servers.iter().find(|server| server.is_leader());
            let ready = leader.map_or(0, |leader| {
                leader.snapshot().nodes().filter(|node| node.status == NodeStatus::Ready).count()
            });
            if leader.is_some() && ready >= nodes {
                return Ok(());
            }
            if Instant::now() >= deadline {
                let problem = match leader {
                    None => "no leader was elected".to_owned(),
                    Some(_) => format!("{ready} of {nodes} clients are ready"),
                };
                return Err(AgentError::NotReady(READY.as_secs(), problem));
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// What the cluster says of itself.
    #[must_use]
    pub fn report(&self) -> &DevReport {
        &self.report
    }

    /// Waits until the user ends it.
    pub async fn stop_requested(&self) -> StopSignal {
        stop_requested().await
    }

    /// Stops every task and agent, and removes everything unless it is to persist.
    pub async fn shutdown(self) {
        let mut stopping = JoinSet::new();
        for agent in self.clients {
            stopping.spawn(agent.stop(ShutdownMode::Leave));
        }
        if let Some(fleet) = self.simulated {
            stopping.spawn(fleet.shutdown());
        }
        stopping.join_all().await;
        let mut stopping = JoinSet::new();
        for agent in self.servers {
            stopping.spawn(agent.stop(ShutdownMode::Leave));
        }
        stopping.join_all().await;
        clean(&self.record).await;
    }
}

async fn start_simulated(
    options: &DevOptions,
    ca: &ClusterCa,
    region: Region,
    servers: Vec<String>,
) -> Result<Fleet, AgentError> {
    let credentials = certificates::issue(ca, Role::Client, &region)?;
    let count = u32::try_from(options.sim_nodes).unwrap_or(u32::MAX);
    Fleet::start(FleetOptions { first: 0, count, region, servers }, &credentials).await
}

/// Name of a client's control group.
fn cgroup(pid: u32, number: usize) -> String {
    format!("nomadctl-dev-{pid}-{number}")
}

fn agent_config(name: &str) -> AgentConfig {
    let mut config =
        AgentConfig { name: name.to_owned(), region: REGION.to_owned(), ..AgentConfig::default() };
    config.bind_addr = "127.0.0.1".to_owned();
    config
}

fn parts(
    dir: &Path,
    config: AgentConfig,
    credentials: wire::Credentials,
    http: tokio::net::TcpListener,
) -> Parts {
    Parts {
        config,
        server: None,
        client: None,
        servers: Vec::new(),
        credentials,
        http,
        http_tls: None,
        socket: dir.join("http.sock"),
        rpc: std::net::SocketAddr::from(([127, 0, 0, 1], 0)),
        dev: true,
    }
}

/// Removes what killed predecessors left; returns how many there were.
async fn sweep() -> usize {
    let orphans = owner::orphans();
    for record in &orphans {
        clean(record).await;
    }
    orphans.len()
}

/// Ends the tasks of a cluster whose agents are gone and removes its files.
async fn clean(record: &Record) {
    let roots = |((state_dir, alloc_dir), cgroup): (&(PathBuf, PathBuf), &String)| Roots {
        state_dir: state_dir.clone(),
        alloc_dir: alloc_dir.clone(),
        cgroup_parent: Some(cgroup.clone()),
    };
    let persist = record.persist;
    if !persist {
        for roots in record.clients.iter().zip(&record.cgroups).map(roots) {
            // The rest is worth removing whatever happens to a part of it.
            let swept = tokio::task::spawn_blocking(move || sweep_leftovers(&roots)).await;
            tracing::debug!(?swept, "swept");
        }
        remove(&record.dir);
    }
    // Without its record nobody looks for it again.
    let _ = fs::remove_file(record.path());
}

fn remove(dir: &Path) {
    if let Err(error) = fs::remove_dir_all(dir)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(dir = %dir.display(), %error, "cannot remove the directory of a dev cluster");
    }
}

/// Memory of the host in MB.
fn total_memory_mb() -> u64 {
    let text = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let total = text.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let kilobytes = total.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) / 1024
}
