//! The nodes of a world that is written as text.

use std::collections::BTreeMap;

use model::{
    Core, DeviceInstance, DrainStrategy, DriverInfo, HostVolume, Name, Nanos, Node, NodeDevice, NodeNetwork,
    SecretId, Timestamp, TypedValue,
};

use crate::world::{Words, node_id};

pub(crate) fn node(words: &Words<'_>) -> Node {
    let name = words.plain[0];
    let mut node = Node::new(node_id(name), SecretId::NONE, name);
    node.resources.cpu_mhz = u32::try_from(words.number("cpu", 4_000)).unwrap();
    node.resources.memory_mb = words.number("mem", 8_192);
    node.resources.disk_mb = words.number("disk", 100_000);
    node.resources.max_allocs = u32::try_from(words.number("max", 0)).unwrap();
    node.resources.networks.push(network("host", "default", words.get("ip").unwrap_or("10.0.0.1")));
    node.class = words.get("class").unwrap_or("").into();
    node.datacenter = words.get("dc").unwrap_or("dc1").into();
    node.pool = words.get("pool").unwrap_or("default").into();
    node.status = words.get("status").unwrap_or("ready").parse().unwrap();
    node.eligible = !words.plain.contains(&"ineligible");
    if words.plain.contains(&"drain") {
        node.eligible = false;
        node.drain = Some(DrainStrategy {
            deadline: Nanos::ZERO,
            ignore_system_jobs: false,
            force_deadline: Timestamp::NEVER,
            started_at: Timestamp::NEVER,
        });
    }
    let cores = u16::try_from(words.number("cores", 0)).unwrap();
    let numa = u16::try_from(words.number("numa", 1)).unwrap();
    node.resources.cores = (0..cores)
        .map(|id| {
            let numa = u8::try_from(id / (cores / numa)).unwrap();
            Core { id, numa, socket: 0, mhz: 1_000, disabled: false }
        })
        .collect();
    if cores > 0 {
        node.resources.cpu_mhz = u32::from(cores) * 1_000;
    }
    for driver in words.get("driver").unwrap_or("exec").split(',') {
        let healthy = !driver.starts_with('!');
        let info = DriverInfo {
            detected: true,
            healthy,
            description: Name::from(""),
            updated_at: Timestamp::NEVER,
            attributes: BTreeMap::new(),
        };
        node.drivers.insert(driver.trim_start_matches('!').into(), info);
    }
    words.named.iter().for_each(|(key, value)| of_node(&mut node, key, value));
    node
}

fn of_node(node: &mut Node, key: &str, value: &str) {
    if let Some(key) = key.strip_prefix("attr.") {
        node.attributes.insert(key.into(), value.into());
    } else if let Some(key) = key.strip_prefix("meta.") {
        node.meta.insert(key.into(), value.into());
    } else if let Some(alias) = key.strip_prefix("net.") {
        node.resources.networks.push(network("host", alias, value));
    } else if let Some(name) = key.strip_prefix("volume.") {
        let volume = HostVolume { path: "/v".into(), read_only: value == "ro" };
        node.host_volumes.insert(name.into(), volume);
    } else if key == "mode" {
        node.resources.networks.push(network(value, "", ""));
    } else if key == "keep" {
        node.reserved.ports = value.split(',').map(|port| port.parse().unwrap()).collect();
    } else if key == "ports" {
        let (min, max) = value.split_once('-').unwrap();
        node.resources.dynamic_ports =
            model::PortRange { min: min.parse().unwrap(), max: max.parse().unwrap() };
    } else if let Some(id) = key.strip_prefix("device.") {
        node.resources.devices.push(device(id, value));
    }
}

fn network(mode: &str, alias: &str, ip: &str) -> NodeNetwork {
    NodeNetwork {
        mode: mode.into(),
        device: "eth0".into(),
        ip: ip.into(),
        cidr: Name::from(""),
        mbits: 1_000,
        alias: alias.into(),
    }
}

/// `device.nvidia/gpu/H200=2,memory:80GiB`: so many instances, then attributes with units.
fn device(id: &str, value: &str) -> NodeDevice {
    let mut parts = id.split('/').map(Name::from);
    let mut next = || parts.next().unwrap();
    let (vendor, device_type, name) = (next(), next(), next());
    let mut words = value.split(',');
    let count: u32 = words.next().unwrap().parse().unwrap();
    let instances = (0..count).map(|number| DeviceInstance {
        id: format!("{name}-{number}").into(),
        healthy: true,
        health_description: Name::from(""),
        pci_bus: Name::from(""),
    });
    let attributes = words.map(|word| {
        let (key, value) = word.split_once(':').unwrap();
        let digits = value.find(|c: char| !c.is_ascii_digit()).unwrap_or(value.len());
        let (number, unit) = value.split_at(digits);
        let value = number
            .parse()
            .map_or_else(|_| TypedValue::Text(value.into()), |n| TypedValue::Int(n, unit.into()));
        (Name::from(key), value)
    });
    NodeDevice {
        vendor,
        device_type,
        name: name.clone(),
        attributes: attributes.collect(),
        instances: instances.collect(),
    }
}
