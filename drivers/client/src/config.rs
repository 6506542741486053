//! What a client needs to know to start.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use builtin::{ExecSettings, MockOptions, RawExecSettings};
use executor::link::Program;
use lifecycle::gc::GcOptions;
use model::{HostVolume, PortRange, Reserved};

use crate::SimNode;

/// The configuration of a client.
#[derive(Clone, Debug)]
pub struct Config {
    /// Name of the node; the host's name when empty.
    pub name: String,
    /// Region of the servers.
    pub region: String,
    /// Datacenter.
    pub datacenter: String,
    /// Class that operators give; may be empty.
    pub class: String,
    /// Pool.
    pub pool: String,
    /// What operators say of the node.
    pub meta: BTreeMap<String, String>,
    /// Address of the agent's HTTP API, `host:port`.
    pub http_addr: String,
    /// Whether that API speaks TLS.
    pub tls_enabled: bool,
    /// Where the client keeps its state and the executors theirs; only root may read it.
    pub state_dir: PathBuf,
    /// Where the directories of allocations are.
    pub alloc_dir: PathBuf,
    /// Cgroup below which tasks get theirs, such as `nomad.slice`; `None` runs them without.
    pub cgroup_parent: Option<String>,
    /// Dynamic ports are taken from this range.
    pub dynamic_ports: PortRange,
    /// What is kept for the host.
    pub reserved: Reserved,
    /// CPU of the node in MHz, instead of the cores'.
    pub cpu_total_mhz: Option<u64>,
    /// Memory of the node in MiB, instead of the host's.
    pub memory_total_mb: Option<u64>,
    /// Disk of the node in MiB, instead of the file system's.
    pub disk_total_mb: Option<u64>,
    /// The cores of the node, instead of all.
    pub cores: Option<Vec<u16>>,
    /// Most allocations at a time; 0 means no limit.
    pub max_allocs: u32,
    /// Directories that groups may mount.
    pub host_volumes: BTreeMap<String, HostVolume>,
    /// Device that tasks are reached by; `None` is the default route's.
    pub network_interface: Option<String>,
    /// The drivers.
    pub drivers: DriverSettings,
    /// Longest kill timeout that a job may ask for.
    pub max_kill_timeout: Duration,
    /// The program that is an executor.
    pub executor: Program,
    /// Which directories of ended allocations are kept.
    pub gc: GcOptions,
    /// Kills and removes at the start whatever an earlier agent left.
    pub sweep_on_start: bool,
    /// Removes everything when the client leaves.
    pub ephemeral: bool,
    /// Makes it a simulated node: no files, no processes, no fingerprint.
    pub sim: Option<SimNode>,
}

impl Config {
    /// A configuration with the documented defaults: `exec` and `java` where the host can, `raw_exec` off.
    #[must_use]
    pub fn new(state_dir: PathBuf, alloc_dir: PathBuf) -> Self {
        Self {
            name: String::new(),
            region: "global".to_owned(),
            datacenter: "dc1".to_owned(),
            class: String::new(),
            pool: "default".to_owned(),
            meta: BTreeMap::new(),
            http_addr: String::new(),
            tls_enabled: false,
            state_dir,
            alloc_dir,
            cgroup_parent: Some("nomad.slice".to_owned()),
            dynamic_ports: PortRange::default(),
            reserved: Reserved::default(),
            cpu_total_mhz: None,
            memory_total_mb: None,
            disk_total_mb: None,
            cores: None,
            max_allocs: 0,
            host_volumes: BTreeMap::new(),
            network_interface: None,
            drivers: DriverSettings::default(),
            max_kill_timeout: Duration::from_secs(30),
            executor: Program::current(),
            gc: GcOptions::default(),
            sweep_on_start: false,
            ephemeral: false,
            sim: None,
        }
    }

    /// The configuration of a simulated node.
    #[must_use]
    pub fn simulated(sim: SimNode) -> Self {
        Self { sim: Some(sim), cgroup_parent: None, ..Self::new(PathBuf::new(), PathBuf::new()) }
    }
}

/// Which drivers there are.
#[derive(Clone, Debug)]
pub struct DriverSettings {
    /// `exec`; `None` switches it off.
    pub exec: Option<ExecSettings>,
    /// `java`, which runs in the world of `exec`; `None` switches it off.
    pub java: Option<ExecSettings>,
    /// What of the host is in the root of an isolated task, host path to path in the root; empty is the default.
    pub chroot_env: BTreeMap<String, String>,
    /// Users that no isolated task runs as.
    pub denied_users: Vec<String>,
    /// `raw_exec`; `None` switches it off.
    pub raw_exec: Option<RawExecSettings>,
    /// `mock_driver`; `None` leaves it out.
    pub mock: Option<MockOptions>,
}

impl Default for DriverSettings {
    fn default() -> Self {
        Self {
            exec: Some(ExecSettings::default()),
            java: Some(ExecSettings::default()),
            chroot_env: BTreeMap::new(),
            denied_users: vec!["root".to_owned()],
            raw_exec: None,
            mock: None,
        }
    }
}
