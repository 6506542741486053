//! Nodes: whole, and as lists show them.

use model::{DrainStrategy, Node, NodeEvent};
use serde_json::{Map, Value, json};

use super::node_resources::{reserved, resources};
use super::{strings, time};

/// One node. Its secret is never shown.
#[must_use]
pub fn node(node: &Node) -> Value {
    json!({
        "Attributes": strings(&node.attributes), "CSIControllerPlugins": {}, "CSINodePlugins": {},
        "CgroupParent": "", "ComputedClass": format!("v1:{}", node.computed_class),
        "CreateIndex": node.create_index, "Datacenter": &*node.datacenter, "Drain": node.drain.is_some(),
        "DrainStrategy": node.drain.as_ref().map_or(Value::Null, drain), "Drivers": drivers(node),
        "Events": node.events.iter().map(event).collect::<Vec<_>>(), "GCVolumesOnNodeGC": false,
        "HTTPAddr": &*node.http_addr, "HostNetworks": host_networks(node), "HostVolumes": volumes(node),
        "ID": node.id.to_string(), "LastDrain": null, "LastMissedHeartbeatIndex": 0, "Links": {},
        "Meta": strings(&node.meta), "ModifyIndex": node.modify_index, "Name": &*node.name,
        "NodeClass": &*node.class, "NodeMaxAllocs": node.resources.max_allocs, "NodePool": &*node.pool,
        "NodeResources": resources(node), "ReservedResources": reserved(node),
        "SchedulingEligibility": eligibility(node), "SecretID": "", "Status": node.status.as_str(),
        "StatusDescription": &*node.status_description,
        "StatusUpdatedAt": node.status_updated_at.0 / 1_000_000_000, "TLSEnabled": node.tls_enabled,
    })
}

/// What lists say of a node.
#[must_use]
pub fn node_stub(node: &Node, with_resources: bool, with_os: bool) -> Value {
    let address = node.http_addr.rsplit_once(':').map_or(&*node.http_addr, |(host, _)| host);
    let version = node.attributes.get("nomad.version").map_or("", |version| version);
    let mut stub = json!({
        "Address": address, "Attributes": null, "CreateIndex": node.create_index,
        "Datacenter": &*node.datacenter, "Drain": node.drain.is_some(), "Drivers": drivers(node),
        "HostVolumes": volumes(node), "ID": node.id.to_string(), "LastDrain": null,
        "ModifyIndex": node.modify_index, "Name": &*node.name, "NodeClass": &*node.class,
        "NodePool": &*node.pool, "SchedulingEligibility": eligibility(node), "Status": node.status.as_str(),
        "StatusDescription": &*node.status_description, "Version": version,
    });
    if with_os {
        stub["Attributes"] = json!({ "os.name": node.attributes.get("os.name").map_or("", |name| name) });
    } else if let Some(object) = stub.as_object_mut() {
        object.shift_remove("Attributes");
    }
    if with_resources {
        stub["NodeResources"] = resources(node);
        stub["ReservedResources"] = reserved(node);
    }
    stub
}

fn eligibility(node: &Node) -> &'static str {
    if node.eligible && node.drain.is_none() { "eligible" } else { "ineligible" }
}

fn drivers(node: &Node) -> Value {
    let one = |driver: &model::DriverInfo| {
        json!({
            "Attributes": strings(&driver.attributes), "Detected": driver.detected,
            "HealthDescription": &*driver.description, "Healthy": driver.healthy,
            "UpdateTime": time(driver.updated_at),
        })
    };
    node.drivers.iter().map(|(name, driver)| (name.to_string(), one(driver))).collect::<Map<_, _>>().into()
}

fn volumes(node: &Node) -> Value {
    let one = |name: &str, volume: &model::HostVolume| json!({ "ID": "", "Name": name, "Path": &*volume.path, "ReadOnly": volume.read_only });
    if node.host_volumes.is_empty() {
        return Value::Null;
    }
    node.host_volumes
        .iter()
        .map(|(name, volume)| (name.to_string(), one(name, volume)))
        .collect::<Map<_, _>>()
        .into()
}

fn host_networks(node: &Node) -> Value {
    let one = |network: &model::HostNetwork| {
        let body = json!({
            "CIDR": &*network.cidr, "Interface": &*network.interface, "Name": &*network.name,
            "ReservedPorts": &*network.reserved_ports,
        });
        (network.name.to_string(), body)
    };
    if node.resources.host_networks.is_empty() {
        return Value::Null;
    }
    node.resources.host_networks.iter().map(one).collect::<Map<_, _>>().into()
}

fn event(event: &NodeEvent) -> Value {
    let details = if event.details.is_empty() { Value::Null } else { strings(&event.details) };
    json!({
        "CreateIndex": event.create_index, "Details": details, "Message": &*event.message,
        "Subsystem": &*event.subsystem, "Timestamp": event.time.to_string(),
    })
}

fn drain(drain: &DrainStrategy) -> Value {
    json!({
        "Deadline": drain.deadline.0, "ForceDeadline": time(drain.force_deadline),
        "IgnoreSystemJobs": drain.ignore_system_jobs, "StartedAt": time(drain.started_at),
    })
}
