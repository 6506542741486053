//! What an allocation has, in the three forms that the API shows.

use model::{Alloc, AssignedPort, AssignedTask, Task};
use serde_json::{Map, Value, json};

use super::{list, put_unless_empty};

/// `AllocatedResources`: what the scheduler gave.
pub(super) fn allocated(alloc: &Alloc) -> Value {
    let Some(group) = alloc.task_group() else { return Value::Null };
    let tasks: Map<String, Value> =
        group.tasks.iter().map(|task| (task.name.clone(), allocated_task(alloc, task))).collect();
    let lifecycles: Map<String, Value> = group
        .tasks
        .iter()
        .map(|task| {
            (task.name.clone(), task.lifecycle.as_ref().map_or(Value::Null, model::Lifecycle::to_json))
        })
        .collect();
    let ports = alloc.assigned.ports.iter().map(port).collect();
    json!({
        "Shared": {
            "DiskMB": group.ephemeral_disk.as_ref().map_or(0, |disk| disk.size_mb),
            "Networks": networks(alloc),
            "Ports": list(ports),
        },
        "TaskLifecycles": lifecycles,
        "Tasks": tasks,
    })
}

fn assigned_task<'a>(alloc: &'a Alloc, task: &Task) -> Option<&'a AssignedTask> {
    alloc.assigned.exclusive.as_ref()?.tasks.iter().find(|assigned| *assigned.task == task.name)
}

fn allocated_task(alloc: &Alloc, task: &Task) -> Value {
    let asked = task.resources.clone().unwrap_or_default();
    let assigned = assigned_task(alloc, task);
    let devices = assigned.map(|assigned| assigned.devices.iter().map(device).collect()).unwrap_or_default();
    let shares = assigned.filter(|assigned| !assigned.cores.is_empty()).map(|assigned| assigned.cpu_shares);
    json!({
        "Cpu": {
            "CpuShares": shares.map_or_else(|| Value::from(asked.cpu), Value::from),
            "ReservedCores": assigned.map_or(Value::Null, |assigned| {
                list(assigned.cores.iter().map(|core| Value::from(*core)).collect())
            }),
        },
        "Devices": list(devices),
        "Memory": { "MemoryMB": asked.memory_mb + asked.secrets_mb, "MemoryMaxMB": memory_max_of(alloc, &asked) },
        "Networks": null,
    })
}

/// What a task may go up to; 0 when its cluster does not oversubscribe memory.
fn memory_max_of(alloc: &Alloc, asked: &model::Resources) -> i64 {
    if alloc.assigned.memory_max { asked.memory_max_mb } else { 0 }
}

fn device(device: &model::AssignedDevice) -> Value {
    json!({
        "DeviceIDs": device.ids.iter().map(|id| &**id).collect::<Vec<&str>>(), "Name": &*device.name,
        "Type": &*device.device_type, "Vendor": &*device.vendor,
    })
}

fn port(port: &AssignedPort) -> Value {
    let mut object = Map::new();
    put_unless_empty(&mut object, "HostIP", (*port.host_ip).into());
    put_unless_empty(&mut object, "Label", (*port.label).into());
    put_unless_empty(&mut object, "To", port.to.into());
    put_unless_empty(&mut object, "Value", port.value.into());
    object.into()
}

/// The group's network with the ports it got; null without one.
pub(super) fn networks(alloc: &Alloc) -> Value {
    let Some(asked) = alloc.task_group().and_then(|group| group.networks.first()) else { return Value::Null };
    let mut network = asked.clone();
    network.reserved_ports.clear();
    network.dynamic_ports.clear();
    let mut object = network.to_json();
    let ports = |reserved: bool| {
        alloc.assigned.ports.iter().filter(|port| port.reserved == reserved).map(network_port).collect()
    };
    for (key, ports) in [("DynamicPorts", ports(false)), ("ReservedPorts", ports(true))] {
        let ports: Vec<Value> = ports;
        if !ports.is_empty() {
            object[key] = ports.into();
        }
    }
    if let Some(first) = alloc.assigned.ports.first() {
        object["IP"] = (*first.host_ip).into();
    }
    json!([object])
}

fn network_port(port: &AssignedPort) -> Value {
    let mut object = Map::new();
    put_unless_empty(&mut object, "HostNetwork", (*port.host_network).into());
    put_unless_empty(&mut object, "Label", (*port.label).into());
    put_unless_empty(&mut object, "To", port.to.into());
    put_unless_empty(&mut object, "Value", port.value.into());
    object.into()
}

/// The older forms: `Resources` of all tasks, `SharedResources`, `TaskResources` by task.
pub(super) fn legacy(alloc: &Alloc) -> (Value, Value, Value) {
    let Some(group) = alloc.task_group() else { return (Value::Null, Value::Null, Value::Null) };
    let disk = group.ephemeral_disk.as_ref().map_or(0, |disk| disk.size_mb);
    let networks = networks(alloc);
    let (mut cpu, mut memory, mut memory_max) = (0, 0, 0);
    let mut tasks = Map::new();
    for task in &group.tasks {
        let asked = task.resources.clone().unwrap_or_default();
        cpu += asked.cpu;
        memory += asked.memory_mb;
        let most = memory_max_of(alloc, &asked);
        memory_max += if most > 0 { most } else { asked.memory_mb };
        tasks.insert(task.name.clone(), resources(asked.cpu, asked.memory_mb, most, 0, &Value::Null));
    }
    (resources(cpu, memory, memory_max, disk, &networks), resources(0, 0, 0, disk, &networks), tasks.into())
}

fn resources(cpu: i64, memory: i64, memory_max: i64, disk: i64, networks: &Value) -> Value {
    json!({
        "CPU": cpu, "Cores": 0, "Devices": null, "DiskMB": disk, "IOPS": 0, "MemoryMB": memory,
        "MemoryMaxMB": memory_max, "NUMA": null, "Networks": networks, "SecretsMB": 0,
    })
}
