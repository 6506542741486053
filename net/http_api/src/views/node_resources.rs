//! What a node has.

use model::{Node, NodeDevice, NodeNetwork, TypedValue};
use serde_json::{Map, Value, json};

use super::list;

/// `NodeResources`.
pub(super) fn resources(node: &Node) -> Value {
    let has = &node.resources;
    let reservable: Vec<Value> = has.cores.iter().map(|core| Value::from(core.id)).collect();
    let cores: Vec<Value> = has.cores.iter().map(core).collect();
    let numa: std::collections::BTreeSet<u8> = has.cores.iter().map(|core| core.numa).collect();
    json!({
        "Cpu": { "CpuShares": has.cpu_mhz, "ReservableCpuCores": list(reservable), "TotalCpuCores": has.cores.len() },
        "Devices": list(has.devices.iter().map(device).collect()),
        "Disk": { "DiskMB": has.disk_mb },
        "MaxDynamicPort": has.dynamic_ports.max,
        "Memory": { "MemoryMB": has.memory_mb },
        "MinDynamicPort": has.dynamic_ports.min,
        "Networks": list(has.networks.iter().map(network).collect()),
        "NodeNetworks": list(has.networks.iter().map(node_network).collect()),
        "Processors": { "Topology": {
            "Cores": list(cores), "Distances": null, "Nodes": numa.into_iter().collect::<Vec<_>>(),
            "OverrideTotalCompute": 0, "OverrideWitholdCompute": 0,
        } },
    })
}

/// `ReservedResources`.
pub(super) fn reserved(node: &Node) -> Value {
    let kept = &node.reserved;
    let cores = kept.cores.iter().map(|core| Value::from(*core)).collect();
    let ports: Vec<String> = kept.ports.iter().map(u16::to_string).collect();
    json!({
        "Cpu": { "CpuShares": kept.cpu_mhz, "ReservedCpuCores": list(cores) },
        "Disk": { "DiskMB": kept.disk_mb },
        "Memory": { "MemoryMB": kept.memory_mb },
        "Networks": { "ReservedHostPorts": ports.join(",") },
    })
}

fn core(core: &model::Core) -> Value {
    json!({
        "BaseSpeed": core.mhz, "Disable": core.disabled, "Grade": true, "GuessSpeed": 0, "ID": core.id,
        "MaxSpeed": 0, "NodeID": core.numa, "SocketID": core.socket,
    })
}

fn network(network: &NodeNetwork) -> Value {
    let mut object = Map::new();
    super::put_unless_empty(&mut object, "CIDR", (*network.cidr).into());
    super::put_unless_empty(&mut object, "Device", (*network.device).into());
    super::put_unless_empty(&mut object, "IP", (*network.ip).into());
    super::put_unless_empty(&mut object, "MBits", network.mbits.into());
    super::put_unless_empty(&mut object, "Mode", (*network.mode).into());
    object.into()
}

fn node_network(network: &NodeNetwork) -> Value {
    let addresses = if network.ip.is_empty() {
        Value::Null
    } else {
        let family = if network.ip.contains(':') { "ipv6" } else { "ipv4" };
        json!([{
            "Address": &*network.ip, "Alias": &*network.alias, "Family": family, "Gateway": "",
            "ReservedPorts": "",
        }])
    };
    json!({
        "Addresses": addresses, "Device": &*network.device, "MacAddress": "", "Mode": &*network.mode,
        "Speed": network.mbits,
    })
}

fn device(device: &NodeDevice) -> Value {
    let attributes: Map<String, Value> =
        device.attributes.iter().map(|(key, value)| (key.to_string(), typed(value))).collect();
    let instances: Vec<Value> = device
        .instances
        .iter()
        .map(|instance| {
            json!({
                "HealthDescription": &*instance.health_description, "Healthy": instance.healthy,
                "ID": &*instance.id, "Locality": { "PciBusID": &*instance.pci_bus },
            })
        })
        .collect();
    json!({
        "Attributes": attributes, "Instances": instances, "Name": &*device.name, "Type": &*device.device_type,
        "Vendor": &*device.vendor,
    })
}

fn typed(value: &TypedValue) -> Value {
    let (key, content, unit) = match value {
        TypedValue::Bool(flag) => ("Bool", Value::from(*flag), ""),
        TypedValue::Text(text) => ("String", Value::from(&**text), ""),
        TypedValue::Int(number, unit) => ("Int", Value::from(*number), &**unit),
        TypedValue::Float(number, unit) => ("Float", Value::from(*number), &**unit),
    };
    let mut object = json!({ "Float": null, "Int": null, "String": null, "Bool": null, "Unit": unit });
    object[key] = content;
    object
}
