//! Picking ports, cores and devices on one node for one allocation.
//!
//! Dynamic ports start at a place that follows from the allocation's id, and the next free one is taken, so
//! that parallel plans rarely want the same. Tasks' cores and devices: `assign_task`.

use model::{
    AllocId, Assigned, AssignedPort, AssignedTask, Exclusive, Name, NetworkAsk, Node, PortAsk, TaskGroup,
};

use crate::assign_task::pick_task;
use crate::feasible::host_network;
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
        tasks.extend(pick_task(node, used, task, &tasks, &mut picked.affinity)?);
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

/// How many dynamic ports are free on the address that a group's first dynamic port is taken from, beside its static
/// ones.
pub(crate) fn free_ports(node: &Node, used: &NodeUse, network: &NetworkAsk) -> u64 {
    let Some(Ok((ips, _))) = network.dynamic_ports.first().map(|ask| addresses(node, ask)) else { return 0 };
    let fixed = |port: u16| network.reserved_ports.iter().any(|ask| ask.value == i64::from(port));
    let range = node.resources.dynamic_ports;
    let free = (range.min..=range.max)
        .filter(|&port| !fixed(port) && used.port_free(ips[0], port) && !host_keeps(node, ips[0], port));
    free.count() as u64
}
