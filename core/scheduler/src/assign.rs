//! Picking ports, cores and devices on one node for one allocation.
//!
//! Dynamic ports start at a place that follows from the allocation's id, and the next free one is taken, so
//! that parallel plans rarely want the same; cores are taken lowest first, from one NUMA node where the task wants that.

use std::collections::BTreeMap;

use model::{
    AllocId, Assigned, AssignedDevice, AssignedPort, AssignedTask, Core, DeviceAsk, Exclusive, Name,
    NetworkAsk, Node, NodeDevice, PortAsk, Resources, Task, TaskGroup,
};

use crate::feasible::{DeviceRule, host_network, matches_name};
use crate::fits::host_keeps;
use crate::rank::DeviceAffinity;
use crate::usage::NodeUse;

/// What was picked.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Picked {
    pub(crate) assigned: Assigned,
    pub(crate) affinity: DeviceAffinity,
}

/// Picks what a group asks for beyond plain numbers.
///
/// # Errors
/// The dimension that is short, as metrics count it.
pub(crate) fn pick(node: &Node, used: &NodeUse, group: &TaskGroup, id: AllocId) -> Result<Picked, String> {
    let mut picked = Picked::default();
    if let Some(network) = group.networks.first() {
        picked.assigned.ports =
            pick_ports(node, used, network, id).map_err(|reason| format!("network: {reason}"))?.into();
    }
    let mut tasks: Vec<AssignedTask> = Vec::new();
    for task in &group.tasks {
        let Some(resources) = &task.resources else { continue };
        tasks.extend(pick_task(node, used, task, resources, &tasks, &mut picked.affinity)?);
    }
    if !tasks.is_empty() {
        picked.assigned.exclusive = Some(Box::new(Exclusive { tasks }));
    }
    Ok(picked)
}

fn pick_ports(
    node: &Node,
    used: &NodeUse,
    network: &NetworkAsk,
    id: AllocId,
) -> Result<Vec<AssignedPort>, String> {
    let mut ports = Vec::with_capacity(network.reserved_ports.len() + network.dynamic_ports.len());
    for ask in &network.reserved_ports {
        let (ips, host_network) = addresses(node, ask)?;
        let Ok(value) = u16::try_from(ask.value) else {
            return Err(format!("invalid port {} (out of range)", ask.value));
        };
        let taken = |ip: &&Name| !used.port_free(ip, value) || host_keeps(node, ip, value);
        if !ask.ignore_collision && ips.iter().any(taken) {
            return Err(format!("reserved port collision {}={value}", ask.label));
        }
        ports.push(assigned(ask, ips[0].clone(), host_network, value, true));
    }
    for ask in &network.dynamic_ports {
        let (ips, host_network) = addresses(node, ask)?;
        let ip = ips[0];
        let value = free_port(node, used, ip, &ports, id)
            .ok_or_else(|| "dynamic port selection failed".to_owned())?;
        ports.push(assigned(ask, ip.clone(), host_network, value, false));
    }
    Ok(ports)
}

fn assigned(ask: &PortAsk, host_ip: Name, host_network: Name, value: u16, reserved: bool) -> AssignedPort {
    let to = if ask.to == -1 { value } else { u16::try_from(ask.to).unwrap_or(0) };
    AssignedPort { label: ask.label.as_str().into(), value, to, host_ip, host_network, reserved }
}

/// The addresses of the host network that a port is taken from.
fn addresses<'a>(node: &'a Node, ask: &PortAsk) -> Result<(Vec<&'a Name>, Name), String> {
    let name = host_network(node, ask).unwrap_or_default();
    let networks =
        node.resources.networks.iter().filter(|network| *network.alias == *name && !network.ip.is_empty());
    let ips: Vec<&Name> = networks.map(|network| &network.ip).collect();
    if ips.is_empty() {
        return Err(format!("no addresses available for {name:?} network"));
    }
    Ok((ips, name.into()))
}

/// The first free dynamic port from a place that follows from the allocation.
fn free_port(node: &Node, used: &NodeUse, ip: &Name, ports: &[AssignedPort], id: AllocId) -> Option<u16> {
    let range = node.resources.dynamic_ports;
    let width = u64::from(range.max.checked_sub(range.min)?) + 1;
    #[expect(clippy::cast_possible_truncation, reason = "only some bits of the id are wanted")]
    let start = model::splitmix(id.0 as u64) % width;
    let candidates = (0..width).map(|step| range.min + u16::try_from((start + step) % width).unwrap_or(0));
    let mine = |port: u16| ports.iter().any(|taken| taken.value == port && taken.host_ip == *ip);
    let mut free =
        candidates.filter(|&port| !mine(port) && used.port_free(ip, port) && !host_keeps(node, ip, port));
    free.next()
}

fn pick_task(
    node: &Node,
    used: &NodeUse,
    task: &Task,
    resources: &Resources,
    before: &[AssignedTask],
    affinity: &mut DeviceAffinity,
) -> Result<Option<AssignedTask>, String> {
    if resources.devices.is_empty() && resources.cores <= 0 {
        return Ok(None);
    }
    let mut assigned = AssignedTask {
        task: task.name.as_str().into(),
        cores: Vec::new(),
        cpu_shares: 0,
        devices: Vec::new(),
    };
    for ask in &resources.devices {
        let device = pick_device(node, used, ask, before, &assigned.devices, affinity);
        assigned.devices.push(device.ok_or_else(|| "devices: no devices match request".to_owned())?);
    }
    let wanted = usize::try_from(resources.cores).unwrap_or(0);
    let taken =
        |id: u16| used.cores.binary_search(&id).is_ok() || before.iter().any(|task| task.cores.contains(&id));
    let mut free: Vec<&Core> =
        node.resources.cores.iter().filter(|core| !core.disabled && !taken(core.id)).collect();
    free.sort_by_key(|core| core.id);
    let affinity = resources.numa.as_ref().map_or("", |numa| numa.affinity.as_str());
    let free = choose_cores(free, wanted, affinity)?;
    assigned.cores = free.iter().map(|core| core.id).collect();
    assigned.cpu_shares = free.iter().map(|core| core.mhz).sum();
    Ok(Some(assigned))
}

/// So many of the free cores, which are in the order of their ids: those of one NUMA node if the task requires
/// that, or if it prefers that and there are enough. Among such nodes the fullest is used, then the first.
fn choose_cores<'a>(free: Vec<&'a Core>, wanted: usize, affinity: &str) -> Result<Vec<&'a Core>, String> {
    if free.len() < wanted {
        return Err("cores".to_owned());
    }
    let mut chosen = free;
    if wanted > 0 && matches!(affinity, "require" | "prefer") {
        let mut by_node: BTreeMap<u8, Vec<&Core>> = BTreeMap::new();
        chosen.iter().for_each(|core| by_node.entry(core.numa).or_default().push(core));
        let enough = by_node.into_values().filter(|cores| cores.len() >= wanted);
        match enough.min_by_key(Vec::len) {
            Some(cores) => chosen = cores,
            None if affinity == "require" => return Err("numa-cores".to_owned()),
            None => {}
        }
    }
    chosen.truncate(wanted);
    Ok(chosen)
}

/// The device group with the highest affinity that has enough free instances.
fn pick_device(
    node: &Node,
    used: &NodeUse,
    ask: &DeviceAsk,
    before: &[AssignedTask],
    same_task: &[AssignedDevice],
    affinity: &mut DeviceAffinity,
) -> Option<AssignedDevice> {
    let rules: Vec<DeviceRule> = ask.constraints.iter().map(DeviceRule::of_constraint).collect();
    let taken = |id: &Name| {
        before.iter().flat_map(|task| &task.devices).chain(same_task).any(|device| device.ids.contains(id))
    };
    let mut best: Option<(f64, f64, &NodeDevice, Vec<Name>)> = None;
    let total: f64 = ask.affinities.iter().map(|rule| f64::from(rule.weight).abs()).sum();
    for device in node.resources.devices.iter().filter(|device| matches_name(&ask.name, device)) {
        if !rules.iter().all(|rule| rule.allows_group(device)) {
            continue;
        }
        let usable = device.instances.iter().filter(|instance| {
            instance.healthy
                && used.device_free(&instance.id)
                && !taken(&instance.id)
                && rules.iter().all(|rule| rule.allows_instance(&instance.id))
        });
        let ids: Vec<Name> =
            usable.map(|instance| instance.id.clone()).take(usize::try_from(ask.count).ok()?).collect();
        if (ids.len() as u64) < ask.count {
            continue;
        }
        let met = ask.affinities.iter().filter(|rule| DeviceRule::of_affinity(rule).matches(device));
        let met: f64 = met.map(|rule| f64::from(rule.weight)).sum();
        let score = if total == 0.0 { 0.0 } else { met / total };
        if best.as_ref().is_none_or(|best| score > best.0) {
            best = Some((score, met, device, ids));
        }
    }
    let (_, met, device, ids) = best?;
    affinity.met += met;
    affinity.total += total;
    Some(AssignedDevice {
        vendor: device.vendor.clone(),
        device_type: device.device_type.clone(),
        name: device.name.clone(),
        ids,
    })
}
