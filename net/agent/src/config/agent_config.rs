//! The settings of an agent, with their defaults.

use std::collections::BTreeMap;
use std::path::PathBuf;

use model::{AutopilotConfig, Nanos};

/// The settings of an agent.
#[derive(Debug, Clone, PartialEq)]
pub struct AgentConfig {
    /// Region it belongs to.
    pub region: String,
    /// Datacenter it belongs to.
    pub datacenter: String,
    /// Name; the host's name when empty.
    pub name: String,
    /// Where it keeps everything.
    pub data_dir: Option<PathBuf>,
    /// Address that listeners bind; empty means loopback without `tls`, every address with it.
    pub bind_addr: String,
    /// `TRACE`, `DEBUG`, `INFO`, `WARN`, `ERROR` or `OFF`.
    pub log_level: String,
    /// Writes logs as JSON.
    pub log_json: bool,
    /// Ports.
    pub ports: PortsSection,
    /// Addresses that others are told, by `http` and `rpc`.
    pub advertise: BTreeMap<String, String>,
    /// Addresses that listeners bind, by `http` and `rpc`.
    pub addresses: BTreeMap<String, String>,
    /// The server part.
    pub server: ServerSection,
    /// The client part.
    pub client: ClientSection,
    /// Certificates.
    pub tls: TlsSection,
    /// Settings of drivers by name.
    pub plugins: BTreeMap<String, serde_json::Value>,
    /// Connections of one address to the HTTP API; 0 for no cap.
    pub http_max_conns_per_client: usize,
    /// How a new cluster's servers look after their group.
    pub autopilot: AutopilotConfig,
    /// Leaves the cluster on an interrupt.
    pub leave_on_interrupt: bool,
    /// Leaves the cluster when told to terminate.
    pub leave_on_terminate: bool,
}

impl Default for AgentConfig {
    fn default() -> Self {
        Self {
            region: "global".to_owned(),
            datacenter: "dc1".to_owned(),
            name: String::new(),
            data_dir: None,
            bind_addr: String::new(),
            log_level: "INFO".to_owned(),
            log_json: false,
            ports: PortsSection::default(),
            advertise: BTreeMap::new(),
            addresses: BTreeMap::new(),
            server: ServerSection::default(),
            client: ClientSection::default(),
            tls: TlsSection::default(),
            plugins: BTreeMap::new(),
            http_max_conns_per_client: 100,
            autopilot: AutopilotConfig::default(),
            leave_on_interrupt: false,
            leave_on_terminate: false,
        }
    }
}

/// Ports; 0 takes a free one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PortsSection {
    /// The HTTP API, over TCP.
    pub http: u16,
    /// Everything else, over QUIC (UDP).
    pub rpc: u16,
}

impl Default for PortsSection {
    fn default() -> Self {
        Self { http: 4646, rpc: 4647 }
    }
}

/// The server part of an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerSection {
    /// Whether the agent is a server.
    pub enabled: bool,
    /// Servers that found the cluster together.
    pub bootstrap_expect: usize,
    /// Addresses of other servers, tried until one answers.
    pub retry_join: Vec<String>,
    /// Time between tries.
    pub retry_interval: Nanos,
    /// How long a silent node may come back before its allocations are replaced.
    pub heartbeat_grace: Nanos,
    /// Evaluations scheduled at a time; 0 means one for each core.
    pub num_schedulers: usize,
    /// Entries of the log between two snapshots; 0 means the default.
    pub raft_snapshot_threshold: u64,
    /// Entries behind a snapshot that stay in the log; 0 means the default.
    pub raft_trailing_logs: u64,
}

impl Default for ServerSection {
    fn default() -> Self {
        Self {
            enabled: false,
            bootstrap_expect: 0,
            retry_join: Vec::new(),
            retry_interval: Nanos::from_secs(30),
            heartbeat_grace: Nanos::from_secs(10),
            num_schedulers: 0,
            raft_snapshot_threshold: 0,
            raft_trailing_logs: 0,
        }
    }
}

/// The client part of an agent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClientSection {
    /// Whether the agent is a client.
    pub enabled: bool,
    /// Addresses of servers.
    pub servers: Vec<String>,
    /// Class that operators give.
    pub node_class: String,
    /// Pool; `default` when empty.
    pub node_pool: String,
    /// Metadata.
    pub meta: BTreeMap<String, String>,
    /// Interface whose address tasks get; that of the default route when empty.
    pub network_interface: String,
    /// CPU in MHz instead of what was found; 0 means what was found.
    pub cpu_total_compute: u32,
    /// Memory in MB instead of what was found; 0 means what was found.
    pub memory_total_mb: u64,
    /// Lowest dynamic port; 0 means 20000.
    pub min_dynamic_port: u16,
    /// Highest dynamic port; 0 means 32000.
    pub max_dynamic_port: u16,
    /// Kept for the host.
    pub reserved: ReservedSection,
    /// Directories that groups may mount, by name.
    pub host_volumes: BTreeMap<String, HostVolumeSection>,
    /// Where allocations live; `<data_dir>/alloc` without one.
    pub alloc_dir: Option<PathBuf>,
    /// Where the client keeps its state; `<data_dir>/client` without one.
    pub state_dir: Option<PathBuf>,
    /// Parent of all control groups; `nomad` when empty.
    pub cgroup_parent: String,
    /// What of the host is in the root of an isolated task: host path to path in the root; empty is the default.
    pub chroot_env: BTreeMap<String, String>,
    /// Rules by name that have no block of their own.
    pub options: BTreeMap<String, String>,
}

/// What of a node is kept for the host.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReservedSection {
    /// CPU in MHz.
    pub cpu: u32,
    /// Memory in MB.
    pub memory: u64,
    /// Disk in MB.
    pub disk: u64,
    /// Ports and ranges, such as `22,80,8500-8600`.
    pub reserved_ports: String,
}

/// A directory that groups may mount.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HostVolumeSection {
    /// Path on the host.
    pub path: String,
    /// Whether it may only be read.
    pub read_only: bool,
}

/// Certificates of an agent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TlsSection {
    /// The HTTP API over TCP speaks TLS.
    pub http: bool,
    /// Servers and clients use these certificates among themselves.
    pub rpc: bool,
    /// Certificates of the authorities, PEM.
    pub ca_file: String,
    /// Certificate of the agent, PEM.
    pub cert_file: String,
    /// Its key, PEM.
    pub key_file: String,
    /// Only certificates of servers may act as servers; always so here.
    pub verify_server_hostname: bool,
    /// The HTTP API asks for a client certificate.
    pub verify_https_client: bool,
}

impl AgentConfig {
    /// Whether the configuration names certificates.
    #[must_use]
    pub fn has_certificates(&self) -> bool {
        !self.tls.ca_file.is_empty() && !self.tls.cert_file.is_empty() && !self.tls.key_file.is_empty()
    }

    /// Address that listeners bind unless `addresses` says otherwise.
    #[must_use]
    pub fn bind_address(&self) -> &str {
        match (self.bind_addr.as_str(), self.has_certificates()) {
            ("", true) => "0.0.0.0",
            ("", false) => "127.0.0.1",
            (address, _) => address,
        }
    }
}
