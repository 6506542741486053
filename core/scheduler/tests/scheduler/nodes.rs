//! Nodes in the form of the API as records.

use model::{
    Core, DeviceInstance, DrainStrategy, DriverInfo, HostNetwork, HostVolume, Name, Nanos, Node, NodeDevice,
    NodeNetwork, PortRange, SecretId, Timestamp, TypedValue,
};
use serde_json::Value;

use crate::load::{entries, flag, id, list, name, names, number, text, unsigned};

/// A node in the form of the API as a record.
pub(crate) fn node(json: &Value) -> Node {
    let mut node = Node::new(id(&json["ID"]), SecretId::NONE, text(&json["Name"]));
    node.datacenter = name(&json["Datacenter"]);
    node.class = name(&json["NodeClass"]);
    node.pool = name(&json["NodePool"]);
    node.attributes = names(&json["Attributes"]);
    node.meta = names(&json["Meta"]);
    node.status = text(&json["Status"]).parse().unwrap();
    node.eligible = text(&json["SchedulingEligibility"]) == "eligible";
    node.drain = json.get("DrainStrategy").filter(|drain| !drain.is_null()).map(|drain| DrainStrategy {
        deadline: Nanos(number(&drain["Deadline"])),
        ignore_system_jobs: flag(&drain["IgnoreSystemJobs"]),
        force_deadline: Timestamp::NEVER,
        started_at: Timestamp::NEVER,
    });
    for (driver, info) in entries(&json["Drivers"]) {
        node.drivers.insert(Name::from(driver.as_str()), driver_info(info));
    }
    for (volume, info) in entries(&json["HostVolumes"]) {
        let volume_info = HostVolume { path: name(&info["Path"]), read_only: flag(&info["ReadOnly"]) };
        node.host_volumes.insert(Name::from(volume.as_str()), volume_info);
    }
    resources(&mut node, &json["NodeResources"]);
    node.resources.max_allocs = unsigned(&json["NodeMaxAllocs"]);
    reserved(&mut node, &json["ReservedResources"]);
    node
}

fn driver_info(json: &Value) -> DriverInfo {
    DriverInfo {
        detected: flag(&json["Detected"]),
        healthy: flag(&json["Healthy"]),
        description: Name::from(""),
        updated_at: Timestamp::NEVER,
        attributes: std::collections::BTreeMap::new(),
    }
}

fn resources(node: &mut Node, json: &Value) {
    let has = &mut node.resources;
    has.cpu_mhz = unsigned(&json["Cpu"]["CpuShares"]);
    has.memory_mb = unsigned(&json["Memory"]["MemoryMB"]);
    has.disk_mb = unsigned(&json["Disk"]["DiskMB"]);
    for core in list(&json["Processors"]["Topology"]["Cores"]) {
        let speeds = ["BaseSpeed", "MaxSpeed", "GuessSpeed"].map(|key| unsigned::<u32>(&core[key]));
        has.cores.push(Core {
            id: unsigned(&core["ID"]),
            numa: unsigned(&core["NodeID"]),
            socket: unsigned(&core["SocketID"]),
            mhz: speeds.into_iter().find(|speed| *speed > 0).unwrap_or(0),
            disabled: flag(&core["Disable"]),
        });
    }
    for network in list(&json["NodeNetworks"]) {
        networks(node, network);
    }
    for network in list(&json["Networks"]) {
        let mode = name(&network["Mode"]);
        if !node.resources.networks.iter().any(|known| known.mode == mode) {
            node.resources.networks.push(bare(network, mode));
        }
    }
    let range = PortRange::default();
    let port = |key: &str, default: u16| json.get(key).map_or(default, unsigned);
    node.resources.dynamic_ports =
        PortRange { min: port("MinDynamicPort", range.min), max: port("MaxDynamicPort", range.max) };
    node.resources.devices = list(&json["Devices"]).iter().map(device).collect();
}

fn bare(json: &Value, mode: Name) -> NodeNetwork {
    let empty = || Name::from("");
    NodeNetwork { mode, device: name(&json["Device"]), ip: empty(), cidr: empty(), mbits: 0, alias: empty() }
}

fn networks(node: &mut Node, json: &Value) {
    let mode = name(&json["Mode"]);
    let mut network = bare(json, mode);
    network.mbits = unsigned(&json["Speed"]);
    let addresses = list(&json["Addresses"]);
    if addresses.is_empty() {
        node.resources.networks.push(network);
        return;
    }
    for address in addresses {
        network.ip = name(&address["Address"]);
        network.alias = name(&address["Alias"]);
        node.resources.networks.push(network.clone());
        let reserved_ports = name(&address["ReservedPorts"]);
        if !reserved_ports.is_empty() {
            let (host, interface) = (network.alias.clone(), network.device.clone());
            let cidr = Name::from("");
            node.resources.host_networks.push(HostNetwork { name: host, interface, cidr, reserved_ports });
        }
    }
}

fn device(json: &Value) -> NodeDevice {
    let attributes =
        entries(&json["Attributes"]).map(|(key, value)| (Name::from(key.as_str()), typed(value)));
    let instances = list(&json["Instances"]).iter().map(|instance| DeviceInstance {
        id: name(&instance["ID"]),
        healthy: flag(&instance["Healthy"]),
        health_description: Name::from(""),
        pci_bus: Name::from(""),
    });
    NodeDevice {
        vendor: name(&json["Vendor"]),
        device_type: name(&json["Type"]),
        name: name(&json["Name"]),
        attributes: attributes.collect(),
        instances: instances.collect(),
    }
}

fn typed(json: &Value) -> TypedValue {
    let unit = name(&json["Unit"]);
    if let Some(value) = json.get("Int") {
        return TypedValue::Int(number(value), unit);
    }
    if let Some(value) = json.get("Float") {
        return TypedValue::Float(value.as_f64().unwrap(), unit);
    }
    if let Some(value) = json.get("Bool") {
        return TypedValue::Bool(flag(value));
    }
    TypedValue::Text(name(&json["String"]))
}

fn reserved(node: &mut Node, json: &Value) {
    let kept = &mut node.reserved;
    kept.cpu_mhz = unsigned(&json["Cpu"]["CpuShares"]);
    kept.cores = list(&json["Cpu"]["ReservedCpuCores"]).iter().map(unsigned).collect();
    kept.memory_mb = unsigned(&json["Memory"]["MemoryMB"]);
    kept.disk_mb = unsigned(&json["Disk"]["DiskMB"]);
    let ports = text(&json["Networks"]["ReservedHostPorts"]);
    kept.ports = ports.split(',').filter_map(|port| port.trim().parse().ok()).collect();
}
