//! What a node has, and what of it is kept for the host.

use serde::{Deserialize, Serialize};

use super::NodeDevice;
use crate::Name;

/// What a node has.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NodeResources {
    /// CPU in MHz over all cores.
    pub cpu_mhz: u32,
    /// Cores that may be reserved; empty when unknown.
    pub cores: Vec<Core>,
    /// Memory in MB.
    pub memory_mb: u64,
    /// Disk in MB.
    pub disk_mb: u64,
    /// Addresses by host network alias.
    pub networks: Vec<NodeNetwork>,
    /// Host networks that operators named.
    pub host_networks: Vec<HostNetwork>,
    /// Dynamic ports are taken from this range.
    pub dynamic_ports: PortRange,
    /// Device groups.
    pub devices: Vec<NodeDevice>,
    /// Most allocations at a time; 0 means no limit.
    pub max_allocs: u32,
}

/// A CPU core.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Core {
    /// Number of the core.
    pub id: u16,
    /// NUMA node.
    pub numa: u8,
    /// Socket.
    pub socket: u8,
    /// Speed in MHz.
    pub mhz: u32,
    /// Whether it may not be used at all.
    pub disabled: bool,
}

/// An address of a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeNetwork {
    /// `host`, `bridge`, `cni/<name>`.
    pub mode: Name,
    /// Interface.
    pub device: Name,
    /// Address.
    pub ip: Name,
    /// With prefix length.
    pub cidr: Name,
    /// Bandwidth in Mbit/s.
    pub mbits: u32,
    /// Alias of the host network that it belongs to; `default` without one.
    pub alias: Name,
}

/// A host network that operators named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostNetwork {
    /// Its name.
    pub name: Name,
    /// Interface.
    pub interface: Name,
    /// Address range.
    pub cidr: Name,
    /// Ports that allocations may not use.
    pub reserved_ports: Name,
}

/// A range of ports, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortRange {
    /// First port.
    pub min: u16,
    /// Last port.
    pub max: u16,
}

impl Default for PortRange {
    /// The range of the documentation: 20000 to 32000.
    fn default() -> Self {
        Self { min: 20_000, max: 32_000 }
    }
}

/// What of a node is kept for the host itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Reserved {
    /// CPU in MHz.
    pub cpu_mhz: u32,
    /// Cores.
    pub cores: Vec<u16>,
    /// Memory in MB.
    pub memory_mb: u64,
    /// Disk in MB.
    pub disk_mb: u64,
    /// Ports on every address.
    pub ports: Vec<u16>,
}
