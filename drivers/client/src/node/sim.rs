//! Simulated nodes: machines that do not exist, all different in the same way every time.

use std::collections::BTreeMap;

use model::{
    Core, DeviceInstance, DriverInfo, Name, Node, NodeDevice, NodeNetwork, NodeResources, PortRange,
    TypedValue,
};

use super::host::names;
use crate::Config;
use crate::identity::Identity;

const KERNELS: [&str; 3] = ["5.15.0", "6.1.0", "6.8.0"];
const CORE_MHZ: u32 = 2_000;
const DISK_MB: u64 = 200 * 1_024;

/// A simulated node. Everything about it follows from its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SimNode {
    /// Its number, from 0.
    pub index: u32,
}

impl SimNode {
    /// Returns its name: `sim-<index>`.
    #[must_use]
    pub fn name(self) -> String {
        format!("sim-{}", self.index)
    }

    /// Returns how many cores it has.
    #[must_use]
    pub fn cores(self) -> u16 {
        4 << (self.index % 4)
    }

    /// Returns its memory in MB.
    #[must_use]
    pub fn memory_mb(self) -> u64 {
        (16 * 1_024) << (self.index % 4)
    }

    /// Returns its datacenter.
    #[must_use]
    pub fn datacenter(self) -> &'static str {
        if self.index.is_multiple_of(2) { "dc1" } else { "dc2" }
    }
}

/// Builds the record of a simulated node.
pub(crate) fn node(
    config: &Config,
    sim: SimNode,
    identity: &Identity,
    drivers: BTreeMap<Name, DriverInfo>,
) -> Node {
    let mut node = Node::new(identity.id, identity.secret, sim.name());
    node.datacenter = Name::from(sim.datacenter());
    node.class = Name::from(format!("class-{}", sim.index % 3));
    node.pool = Name::from(config.pool.as_str());
    node.http_addr = Name::from(config.http_addr.as_str());
    node.meta = names(&config.meta);
    node.meta.insert(Name::from("rack"), Name::from(format!("r{}", sim.index % 75)));
    node.attributes = attributes(sim);
    for driver in drivers.iter().filter(|(_, info)| info.detected).map(|(driver, _)| driver) {
        node.attributes.insert(Name::from(format!("driver.{driver}")), Name::from("1"));
    }
    node.drivers = drivers;
    node.resources = resources(sim);
    node
}

fn attributes(sim: SimNode) -> BTreeMap<Name, Name> {
    let cores = sim.cores();
    let compute = u32::from(cores) * CORE_MHZ;
    let memory = sim.memory_mb() << 20;
    let disk = DISK_MB << 20;
    let mut put = BTreeMap::new();
    for (key, value) in [
        ("kernel.name", "linux".to_owned()),
        ("kernel.arch", "x86_64".to_owned()),
        ("kernel.version", KERNELS[sim.index as usize % KERNELS.len()].to_owned()),
        ("cpu.arch", "amd64".to_owned()),
        ("cpu.numcores", cores.to_string()),
        ("cpu.reservablecores", cores.to_string()),
        ("cpu.frequency", CORE_MHZ.to_string()),
        ("cpu.totalcompute", compute.to_string()),
        ("cpu.usablecompute", compute.to_string()),
        ("memory.totalbytes", memory.to_string()),
        ("numa.node.count", "1".to_owned()),
        ("os.name", "debian".to_owned()),
        ("os.version", "12.11".to_owned()),
        ("os.signals", driver::signal::announced()),
        ("nomad.version", "2.0.5".to_owned()),
        ("nomad.service_discovery", "true".to_owned()),
        ("unique.hostname", sim.name()),
        ("unique.network.ip-address", address(sim)),
        ("unique.storage.bytestotal", disk.to_string()),
        ("unique.storage.bytesfree", disk.to_string()),
    ] {
        put.insert(key.to_owned(), value);
    }
    names(&put)
}

/// Returns an address of the range that is kept for benchmarks.
fn address(sim: SimNode) -> String {
    let [_, high, middle, low] = sim.index.to_be_bytes();
    format!("198.{}.{middle}.{low}", 18 + high % 2)
}

fn resources(sim: SimNode) -> NodeResources {
    let cores = sim.cores();
    let ip = address(sim);
    NodeResources {
        cpu_mhz: u32::from(cores) * CORE_MHZ,
        cores: (0..cores).map(|id| Core { id, numa: 0, socket: 0, mhz: CORE_MHZ, disabled: false }).collect(),
        memory_mb: sim.memory_mb(),
        disk_mb: DISK_MB,
        networks: vec![NodeNetwork {
            mode: Name::from("host"),
            device: Name::from("eth0"),
            cidr: Name::from(format!("{ip}/32")),
            ip: Name::from(ip),
            mbits: 10_000,
            alias: Name::from("default"),
        }],
        host_networks: Vec::new(),
        dynamic_ports: PortRange::default(),
        devices: if sim.index.is_multiple_of(8) { vec![gpus(sim)] } else { Vec::new() },
        max_allocs: 0,
    }
}

fn gpus(sim: SimNode) -> NodeDevice {
    let attributes = [
        ("memory", TypedValue::Int(141, Name::from("GiB"))),
        ("cuda_cores", TypedValue::Int(16_896, Name::from(""))),
        ("power", TypedValue::Int(700, Name::from("W"))),
    ];
    let instance = |number: u32| DeviceInstance {
        id: Name::from(format!("GPU-{:08x}-{number}", sim.index)),
        healthy: true,
        health_description: Name::from(""),
        pci_bus: Name::from(format!("0000:{:02x}:00.0", number + 1)),
    };
    NodeDevice {
        vendor: Name::from("nvidia"),
        device_type: Name::from("gpu"),
        name: Name::from("H200"),
        attributes: attributes.map(|(key, value)| (Name::from(key), value)).into(),
        instances: (0..2).map(instance).collect(),
    }
}
