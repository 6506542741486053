//! The record of a real host: what was fingerprinted and what operators say.

use std::collections::BTreeMap;

use fingerprint::{Fingerprint, Interface, Options};
use model::{Core, DriverInfo, Name, Node, NodeNetwork, NodeResources};

use crate::Config;
use crate::identity::Identity;

/// Version of the job language and API that nodes announce.
const COMPATIBLE_WITH: &str = "2.0.5";

/// Returns what is to be fingerprinted.
pub(crate) fn options(config: &Config) -> Options {
    let mut options = Options::new(config.alloc_dir.clone(), COMPATIBLE_WITH);
    options.interface.clone_from(&config.network_interface);
    options.cpu_total_mhz = config.cpu_total_mhz;
    options.memory_total_mb = config.memory_total_mb;
    options.disk_total_mb = config.disk_total_mb;
    options
}

/// Builds the record.
pub(crate) fn node(
    config: &Config,
    identity: &Identity,
    found: &Fingerprint,
    drivers: BTreeMap<Name, DriverInfo>,
) -> Node {
    let hostname = found.attributes.get("unique.hostname").map_or("localhost", String::as_str);
    let name = if config.name.is_empty() { hostname } else { &config.name };
    let mut node = described(config, Node::new(identity.id, identity.secret, name));
    let mut attributes = found.attributes.clone();
    attributes.extend(of_drivers(&drivers).map(|(key, value)| (key.to_string(), value.to_string())));
    if !config.http_addr.is_empty() {
        attributes.insert("unique.advertise.address".to_owned(), config.http_addr.clone());
    }
    node.drivers = drivers;
    node.resources = resources(config, found);
    attributes.insert("cpu.totalcompute".to_owned(), node.resources.cpu_mhz.to_string());
    let usable = node.resources.cpu_mhz.saturating_sub(config.reserved.cpu_mhz);
    attributes.insert("cpu.usablecompute".to_owned(), usable.to_string());
    attributes.insert("cpu.numcores".to_owned(), node.resources.cores.len().max(1).to_string());
    attributes.insert("cpu.reservablecores".to_owned(), node.resources.cores.len().to_string());
    node.attributes = names(&attributes);
    node.reserved = config.reserved.clone();
    node.host_volumes = config
        .host_volumes
        .iter()
        .map(|(name, volume)| (Name::from(name.as_str()), volume.clone()))
        .collect();
    node
}

/// Returns the attributes that drivers add to a node: that they are there, and what else they say of themselves.
pub(super) fn of_drivers(drivers: &BTreeMap<Name, DriverInfo>) -> impl Iterator<Item = (Name, Name)> {
    drivers.iter().filter(|(_, info)| info.detected).flat_map(|(driver, info)| {
        let own = Name::from(format!("driver.{driver}"));
        let others = info.attributes.iter().filter(|(key, _)| **key != own);
        let others: Vec<_> = others.map(|(key, value)| (Name::clone(key), Name::clone(value))).collect();
        others.into_iter().chain([(own, Name::from("1"))])
    })
}

/// Sets what operators say of a node.
pub(super) fn described(config: &Config, mut node: Node) -> Node {
    node.datacenter = Name::from(config.datacenter.as_str());
    node.class = Name::from(config.class.as_str());
    node.pool = Name::from(config.pool.as_str());
    node.http_addr = Name::from(config.http_addr.as_str());
    node.tls_enabled = config.tls_enabled;
    node.meta = names(&config.meta);
    node
}

/// Returns a map of shared texts.
pub(super) fn names(map: &BTreeMap<String, String>) -> BTreeMap<Name, Name> {
    map.iter().map(|(key, value)| (Name::from(key.as_str()), Name::from(value.as_str()))).collect()
}

fn resources(config: &Config, found: &Fingerprint) -> NodeResources {
    let narrow = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    let cores: Vec<Core> = found
        .cpu
        .cores
        .iter()
        .filter_map(|core| {
            let id = u16::try_from(core.id).ok()?;
            let wanted = config.cores.as_ref().is_none_or(|cores| cores.contains(&id));
            wanted.then(|| Core {
                id,
                numa: u8::try_from(core.numa).unwrap_or(0),
                socket: u8::try_from(core.socket).unwrap_or(0),
                mhz: core.mhz(),
                disabled: config.reserved.cores.contains(&id),
            })
        })
        .collect();
    // A share of the host without a figure of its own has what its cores have.
    let of_cores: u64 = cores.iter().map(|core| u64::from(core.mhz)).sum();
    let cpu = match (config.cpu_total_mhz, &config.cores) {
        (None, Some(_)) if of_cores > 0 => of_cores,
        _ => found.cpu_total_mhz,
    };
    NodeResources {
        cpu_mhz: narrow(cpu),
        cores,
        memory_mb: found.memory_mb,
        disk_mb: found.disk_mb,
        networks: networks(&found.interfaces),
        host_networks: Vec::new(),
        dynamic_ports: config.dynamic_ports,
        devices: Vec::new(),
        max_allocs: config.max_allocs,
    }
}

/// Returns the addresses of the default interface.
fn networks(interfaces: &[Interface]) -> Vec<NodeNetwork> {
    let Some(interface) = interfaces.iter().find(|interface| interface.default) else { return Vec::new() };
    let network = |address: &fingerprint::Address| NodeNetwork {
        mode: Name::from("host"),
        device: Name::from(interface.device.as_str()),
        ip: Name::from(address.ip.to_string()),
        cidr: Name::from(address.cidr()),
        mbits: interface.mbits,
        alias: Name::from("default"),
    };
    interface.addresses.iter().map(network).collect()
}
