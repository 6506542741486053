//! The settings of a server.

use std::path::PathBuf;
use std::time::Duration;

use model::{AutopilotConfig, Nanos};

/// The settings of a server.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// Region that it belongs to.
    pub region: String,
    /// Name of the agent.
    pub name: String,
    /// Directory of the log and its snapshots.
    pub data_dir: PathBuf,
    /// Address that other agents are told, `host:port` (UDP).
    pub rpc_address: String,
    /// Address of the HTTP API that others are told, `host:port`.
    pub http_address: String,
    /// Servers that found the cluster together.
    pub bootstrap_expect: usize,
    /// Addresses of other servers, tried until one answers.
    pub join: Vec<String>,
    /// Time between tries.
    pub join_interval: Duration,
    /// Short timings for servers of one process.
    pub dev: bool,
    /// How long a silent node may come back before its allocations are replaced.
    pub heartbeat_grace: Nanos,
    /// Evaluations scheduled at a time.
    pub workers: usize,
    /// How a new cluster's servers look after their group.
    pub autopilot: AutopilotConfig,
    /// Entries of the log between two snapshots; 0 means the default.
    pub snapshot_entries: u64,
    /// Entries behind a snapshot that stay in the log; 0 means the default.
    pub keep_entries: u64,
}
