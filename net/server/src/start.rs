//! Starting a server: consensus, the control loop, workers, pings, joining.

use std::sync::Arc;

use control::autopilot::GroupHealth;
use control::{BrokerOptions, GcOptions, HeartbeatOptions, ServerOptions};
use raft::{Config, Consensus, NodeInfo, RealDisk};
use tokio::sync::watch;
use tokio::task::JoinSet;
use wire::{Endpoint, Region, RegionError};

use crate::clients::{ClientDoor, Clients};
use crate::config::ServerConfig;
use crate::event_log::EventLog;
use crate::leader_call::Calls;
use crate::peers::Local;
use crate::protocol::Introduction;
use crate::server_handle::{Inner, Server};
use crate::shell::Shell;
use crate::store::Store;
use crate::transport::QuicTransport;
use crate::watchers::Watchers;
use crate::worker::Desk;
use crate::{autopilot, join, pings, worker};

/// Name of the cluster in data directories. Regions tell clusters apart.
const CLUSTER: &str = "nomad";
/// Evaluations that may be ready before workers of other servers are given some.
const REMOTE_THRESHOLD: usize = 8;

/// Why a server could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The region's name cannot be used.
    #[error(transparent)]
    Region(#[from] RegionError),
    /// The data directory cannot be used.
    #[error(transparent)]
    Disk(#[from] raft::OpenError),
    /// Consensus could not start.
    #[error(transparent)]
    Raft(raft::StartError),
}

impl From<raft::StartError> for StartError {
    fn from(error: raft::StartError) -> Self {
        match error {
            raft::StartError::Open(error) => Self::Disk(error),
            other => Self::Raft(other),
        }
    }
}

impl Server {
    /// Starts a server that dials over `endpoint`; connections that others open are handed to
    /// [`Server::accept`].
    ///
    /// # Errors
    /// The data directory is another's, damaged or in use.
    pub async fn start(config: ServerConfig, endpoint: Endpoint) -> Result<Self, StartError> {
        let region = Region::new(&config.region)?;
        let store = Arc::new(Store::default());
        let disk = Arc::new(RealDisk::open(&config.data_dir)?);
        let consensus = consensus(&config, &endpoint, &region, &store, Arc::clone(&disk)).await?;
        let (wishes, wished) = Shell::queue();
        let (leading, is_leading) = watch::channel(false);
        let clients = Arc::new(Clients::default());
        let events = Arc::new(EventLog::default());
        let watchers = Arc::new(Watchers::default());
        let this = Introduction {
            id: consensus.id().0,
            name: config.name.clone(),
            address: config.rpc_address.clone(),
            http_address: config.http_address.clone(),
            expect: config.bootstrap_expect,
            founded: false,
        };
        let local = Local {
            consensus: consensus.clone(),
            store: Arc::clone(&store),
            wishes: wishes.clone(),
            clients: Arc::clone(&clients),
            this: this.clone(),
            leading: is_leading.clone(),
            seed: Arc::new(config.autopilot.clone()),
        };
        let (health, seen_health) = watch::channel(GroupHealth::default());
        let calls = Calls::new(consensus.clone(), local.clone(), endpoint, region.clone());
        let door = ClientDoor {
            clients: Arc::clone(&clients),
            store: Arc::clone(&store),
            calls: calls.clone(),
            grace: config.heartbeat_grace,
        };
        let shell = Shell {
            consensus: consensus.clone(),
            store: Arc::clone(&store),
            clients: Arc::clone(&clients),
            events: Arc::clone(&events),
            watchers: Arc::clone(&watchers),
            leading,
        };
        let mut tasks = JoinSet::new();
        tasks.spawn(shell.run(control::Server::new(options(&config)), wished));
        tasks.spawn(pings::run(Arc::clone(&clients), Arc::clone(&store), calls.clone()));
        tasks.spawn(autopilot::run(local, health));
        tasks.spawn(join::run(consensus.clone(), calls.clone(), this, config.join.clone()));
        let desk = Arc::new(Desk::new(config.workers));
        for _ in 0..desk.evaluations() {
            tasks.spawn(worker::run(calls.clone(), Arc::clone(&store), Arc::clone(&desk)));
        }
        let inner = Inner {
            consensus,
            store,
            clients,
            calls,
            wishes,
            events,
            watchers,
            door,
            leading: is_leading,
            health: seen_health,
            region,
            disk,
            restoring: tokio::sync::Mutex::default(),
            tasks: tokio::sync::Mutex::new(tasks),
        };
        Ok(Self { inner: Arc::new(inner) })
    }
}

async fn consensus(
    config: &ServerConfig,
    endpoint: &Endpoint,
    region: &Region,
    store: &Arc<Store>,
    disk: Arc<RealDisk>,
) -> Result<Consensus, StartError> {
    let info = NodeInfo {
        name: config.name.clone(),
        address: config.rpc_address.clone(),
        http_address: config.http_address.clone(),
    };
    let mut raft_config = if config.dev {
        Config::dev(&config.region, CLUSTER, info)
    } else {
        Config::production(&config.region, CLUSTER, info)
    };
    if config.snapshot_entries > 0 {
        raft_config.snapshot_entries = config.snapshot_entries;
    }
    if config.keep_entries > 0 {
        raft_config.keep_entries = config.keep_entries;
    }
    let transport = Arc::new(QuicTransport::new(endpoint.clone(), region.clone()));
    let machine: Arc<Store> = Arc::clone(store);
    Ok(Consensus::start(raft_config, disk, machine, transport).await?)
}

fn options(config: &ServerConfig) -> ServerOptions {
    ServerOptions {
        broker: BrokerOptions::default(),
        heartbeat: HeartbeatOptions { grace: config.heartbeat_grace, ..HeartbeatOptions::default() },
        gc: GcOptions::default(),
        remote_threshold: REMOTE_THRESHOLD,
        local_zone: jiff::tz::TimeZone::system().iana_name().unwrap_or_default().into(),
    }
}
