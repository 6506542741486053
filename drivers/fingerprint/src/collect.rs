//! All parts together.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use crate::cpu::Cpu;
use crate::network::{self, Interface};
use crate::storage::Storage;
use crate::{Sources, arch, cgroup, cpu_list, host, kernel, memory, nomad, numa};

/// What the agent's configuration says about the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Where the host's files are.
    pub sources: Sources,
    /// Directory of the allocations; its file system is the node's disk.
    pub alloc_dir: PathBuf,
    /// Version of the job language and API that the node announces.
    pub version: String,
    /// Device that tasks are reached by; `None` is the default route's.
    pub interface: Option<String>,
    /// Speed of the network in Mbit/s, instead of the device's.
    pub network_mbits: Option<u32>,
    /// CPU of the node in MHz, instead of the cores'.
    pub cpu_total_mhz: Option<u64>,
    /// Memory of the node in MiB, instead of the host's.
    pub memory_total_mb: Option<u64>,
    /// Disk of the node in MiB, instead of the file system's.
    pub disk_total_mb: Option<u64>,
}

/// What a host is and has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// Attributes for constraints, by name.
    pub attributes: BTreeMap<String, String>,
    /// Cores.
    pub cpu: Cpu,
    /// CPU in MHz, after configuration.
    pub cpu_total_mhz: u64,
    /// Memory in MiB, after configuration.
    pub memory_mb: u64,
    /// Disk in MiB, after configuration.
    pub disk_mb: u64,
    /// The file system of the allocations.
    pub storage: Storage,
    /// Interfaces that are up.
    pub interfaces: Vec<Interface>,
}

/// Failure to find out about the host.
#[derive(Debug, thiserror::Error)]
pub enum FingerprintError {
    /// The file system of the allocations cannot be asked.
    #[error("cannot read the file system of {path}", path = path.display())]
    Storage {
        /// Directory of the allocations.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The interfaces cannot be listed.
    #[error("cannot list the network interfaces")]
    Network(#[source] io::Error),
    /// The configured device is not there, or has no address.
    #[error("network interface {device:?} is not up or has no address; up are {up}")]
    NoSuchInterface {
        /// The device asked for.
        device: String,
        /// The devices with an address.
        up: String,
    },
}

impl Options {
    /// Options of an agent without a configuration.
    #[must_use]
    pub fn new(alloc_dir: PathBuf, version: &str) -> Self {
        Self {
            sources: Sources::default(),
            alloc_dir,
            version: version.to_owned(),
            interface: None,
            network_mbits: None,
            cpu_total_mhz: None,
            memory_total_mb: None,
            disk_total_mb: None,
        }
    }
}

/// Finds out about the host. Takes milliseconds and blocks as long.
///
/// # Errors
/// A configured interface that is not there, and what the system refuses to tell.
pub fn collect(options: &Options) -> Result<Fingerprint, FingerprintError> {
    let sources = &options.sources;
    let storage = Storage::read(sources, &options.alloc_dir)
        .map_err(|source| FingerprintError::Storage { path: options.alloc_dir.clone(), source })?;
    let cpu = Cpu::read(sources);
    let memory_bytes = options.memory_total_mb.map_or_else(|| memory::total_bytes(sources), |mb| mb << 20);
    let mut fingerprint = Fingerprint {
        attributes: BTreeMap::new(),
        cpu_total_mhz: options.cpu_total_mhz.unwrap_or_else(|| cpu.total_mhz()),
        memory_mb: memory_bytes >> 20,
        disk_mb: options.disk_total_mb.unwrap_or(storage.total_bytes >> 20),
        interfaces: interfaces(options)?,
        cpu,
        storage,
    };
    let mut attributes = attributes(options, &fingerprint);
    attributes.insert("memory.totalbytes".to_owned(), memory_bytes.to_string());
    fingerprint.attributes = attributes;
    Ok(fingerprint)
}

fn interfaces(options: &Options) -> Result<Vec<Interface>, FingerprintError> {
    let wanted = options.interface.as_deref();
    let mut interfaces =
        network::read_interfaces(&options.sources, wanted).map_err(FingerprintError::Network)?;
    if let (Some(device), false) = (wanted, interfaces.iter().any(|interface| interface.default)) {
        let up: Vec<&str> =
            interfaces.iter().filter(|i| !i.addresses.is_empty()).map(|i| i.device.as_str()).collect();
        return Err(FingerprintError::NoSuchInterface { device: device.to_owned(), up: up.join(", ") });
    }
    for interface in &mut interfaces {
        interface.mbits = options.network_mbits.unwrap_or(interface.mbits);
    }
    Ok(interfaces)
}

fn attributes(options: &Options, found: &Fingerprint) -> BTreeMap<String, String> {
    let mut attributes = BTreeMap::new();
    kernel::add(&mut attributes);
    cgroup::add(&mut attributes);
    nomad::add(&mut attributes, &options.version);
    let machine = attributes.get("kernel.arch").cloned().unwrap_or_default();
    let mut put = |key: &str, value: String| {
        if !value.is_empty() {
            attributes.insert(key.to_owned(), value);
        }
    };
    let os = host::operating_system(&options.sources);
    put("os.name", os.name);
    put("os.version", os.version);
    let count = found.cpu.cores.len().to_string();
    put("cpu.arch", arch::job_name(&machine).to_owned());
    put("cpu.modelname", found.cpu.model.clone());
    put("cpu.numcores", count.clone());
    put("cpu.reservablecores", count);
    put("cpu.frequency", found.cpu.cores.iter().map(|core| core.mhz()).max().unwrap_or(0).to_string());
    put("cpu.totalcompute", found.cpu_total_mhz.to_string());
    put("cpu.usablecompute", found.cpu_total_mhz.to_string());
    let nodes = numa::read(&options.sources);
    put("numa.node.count", nodes.len().max(1).to_string());
    for (node, cores) in nodes {
        put(&format!("numa.node{node}.cores"), cpu_list::format(&cores));
    }
    put("unique.storage.volume", found.storage.volume.clone());
    put("unique.storage.bytestotal", found.storage.total_bytes.to_string());
    put("unique.storage.bytesfree", found.storage.free_bytes.to_string());
    let address = found.interfaces.iter().find(|i| i.default).and_then(|i| i.addresses.first());
    put("unique.network.ip-address", address.map(|address| address.ip.to_string()).unwrap_or_default());
    attributes
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn this_host_is_described_in_milliseconds() {
        let mut options = Options::new(PathBuf::from("/tmp"), "2.0.5");
        options.interface = Some("lo".to_owned());
        collect(&options).expect("warm");
        let start = Instant::now();
        let found = collect(&options).expect("fingerprint");
        assert!(start.elapsed() < Duration::from_millis(100), "{:?}", start.elapsed());
        // The names that recorded nodes have, apart from drivers, plugins and what the agent itself knows.
        for name in [
            "cpu.arch cpu.frequency cpu.numcores cpu.reservablecores cpu.totalcompute cpu.usablecompute",
            "kernel.arch kernel.name kernel.version memory.totalbytes nomad.bridge.hairpin_mode",
            "nomad.service_discovery nomad.version numa.node.count os.name os.signals unique.hostname",
            "unique.network.ip-address unique.storage.bytestotal",
        ]
        .join(" ")
        .split(' ')
        {
            assert!(found.attributes.get(name).is_some_and(|value| !value.is_empty()), "{name} is missing");
        }
        assert_eq!(found.attributes["unique.network.ip-address"], "127.0.0.1");
        assert!(found.cpu_total_mhz > 0 && found.memory_mb > 0 && found.disk_mb > 0, "{found:?}");
    }

    #[test]
    fn configuration_overrides_what_was_found() {
        let mut options = Options::new(PathBuf::from("/tmp"), "2.0.5");
        options.cpu_total_mhz = Some(123);
        options.memory_total_mb = Some(456);
        options.disk_total_mb = Some(789);
        options.network_mbits = Some(10);
        let found = collect(&options).expect("fingerprint");
        assert_eq!((found.cpu_total_mhz, found.memory_mb, found.disk_mb), (123, 456, 789));
        assert_eq!(found.attributes["memory.totalbytes"], (456_u64 << 20).to_string());
        assert_eq!(found.attributes["cpu.totalcompute"], "123");
        assert!(found.interfaces.iter().all(|interface| interface.mbits == 10));
    }

    #[test]
    fn an_interface_that_is_not_there_is_named() {
        let mut options = Options::new(PathBuf::from("/tmp"), "2.0.5");
        options.interface = Some("nope0".to_owned());
        let error = collect(&options).expect_err("error").to_string();
        assert!(
            error.starts_with("network interface \"nope0\" is not up or has no address; up are "),
            "{error}"
        );
        assert!(error.contains("lo"), "{error}");
    }
}
