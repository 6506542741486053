//! Picking cores and devices on one node for one task.
//!
//! Cores are taken lowest first, devices from the group that the task likes best. A task with an affinity to NUMA
//! nodes gets its cores from one of them, and the devices that it names there from the same: a device group tells
//! its node by the attribute `numa_node`; one that does not is near every node.

use std::collections::BTreeMap;

use model::{
    AssignedDevice, AssignedTask, Core, DeviceAsk, Name, Node, NodeDevice, Resources, Task, TaskGroup,
    TypedValue,
};

use crate::feasible::{DeviceRule, matches_name};
use crate::rank::DeviceAffinity;
use crate::usage::NodeUse;

/// What tasks before this one got, and what the devices are worth so far.
struct Picking<'p> {
    node: &'p Node,
    used: &'p NodeUse,
    resources: &'p Resources,
    before: &'p [AssignedTask],
}

/// Cores and devices of one task; none when it asks for neither.
///
/// # Errors
/// The dimension that is short.
pub(crate) fn pick_task(
    node: &Node,
    used: &NodeUse,
    task: &Task,
    before: &[AssignedTask],
    affinity: &mut DeviceAffinity,
) -> Result<Option<AssignedTask>, String> {
    let Some(resources) = &task.resources else { return Ok(None) };
    if resources.devices.is_empty() && resources.cores <= 0 {
        return Ok(None);
    }
    let picking = Picking { node, used, resources, before };
    let (cores, devices) = picking.cores_and_devices(affinity)?;
    Ok(Some(AssignedTask {
        task: task.name.as_str().into(),
        cpu_shares: cores.iter().map(|core| core.mhz).sum(),
        cores: cores.iter().map(|core| core.id).collect(),
        devices,
    }))
}

impl<'p> Picking<'p> {
    fn cores_and_devices(
        &self,
        affinity: &mut DeviceAffinity,
    ) -> Result<(Vec<&'p Core>, Vec<AssignedDevice>), String> {
        let anywhere = self.devices(affinity, None);
        let free = self.free_cores();
        let wanted = usize::try_from(self.resources.cores).unwrap_or(0);
        let numa = self.resources.numa.as_ref().map_or("", |numa| numa.affinity.as_str());
        if wanted == 0 || free.len() < wanted || !matches!(numa, "require" | "prefer") {
            let (devices, worth) = anywhere?;
            *affinity = worth;
            if free.len() < wanted {
                return Err("cores".to_owned());
            }
            return Ok((free.into_iter().take(wanted).collect(), devices));
        }
        let (devices, worth) = anywhere?;
        for (numa, cores) in numa_nodes(&free, wanted) {
            if let Ok((devices, worth)) = self.devices(affinity, Some(numa)) {
                *affinity = worth;
                return Ok((cores.into_iter().take(wanted).collect(), devices));
            }
        }
        if numa == "require" {
            return Err("numa-cores".to_owned());
        }
        *affinity = worth;
        Ok((free.into_iter().take(wanted).collect(), devices))
    }

    /// Cores that may be taken, in the order of their ids.
    fn free_cores(&self) -> Vec<&'p Core> {
        let taken = |id: u16| {
            self.used.cores.binary_search(&id).is_ok()
                || self.before.iter().any(|task| task.cores.contains(&id))
        };
        let cores = self.node.resources.cores.iter();
        let mut free: Vec<&Core> = cores.filter(|core| !core.disabled && !taken(core.id)).collect();
        free.sort_by_key(|core| core.id);
        free
    }

    /// One group of instances for every request, and what devices are worth with them. On a NUMA node, if one is
    /// given, where the task names the devices.
    fn devices(
        &self,
        worth: &DeviceAffinity,
        numa: Option<u8>,
    ) -> Result<(Vec<AssignedDevice>, DeviceAffinity), String> {
        let mut worth = *worth;
        let mut devices: Vec<AssignedDevice> = Vec::new();
        let near = self.resources.numa.iter().flat_map(|numa| &numa.devices);
        let near: Vec<&String> = near.collect();
        for ask in &self.resources.devices {
            let numa = numa.filter(|_| near.contains(&&ask.name));
            let device = self.device(ask, &devices, numa, &mut worth);
            devices.push(device.ok_or_else(|| "devices: no devices match request".to_owned())?);
        }
        Ok((devices, worth))
    }

    /// The device group with the highest affinity that has enough free instances.
    fn device(
        &self,
        ask: &DeviceAsk,
        same_task: &[AssignedDevice],
        numa: Option<u8>,
        worth: &mut DeviceAffinity,
    ) -> Option<AssignedDevice> {
        let mut best: Option<(f64, f64, &NodeDevice, Vec<Name>, u64)> = None;
        let total: f64 = ask.affinities.iter().map(|rule| f64::from(rule.weight).abs()).sum();
        for (device, ids) in usable(self.node, self.used, self.before, same_task, ask) {
            if numa.is_some_and(|numa| !is_near(device, numa)) || (ids.len() as u64) < ask.count {
                continue;
            }
            let met = ask.affinities.iter().filter(|rule| DeviceRule::of_affinity(rule).matches(device));
            let met: f64 = met.map(|rule| f64::from(rule.weight)).sum();
            let score = if total == 0.0 { 0.0 } else { met / total };
            if best.as_ref().is_none_or(|best| score > best.0) {
                let free = ids.len() as u64;
                let ids = ids.into_iter().take(usize::try_from(ask.count).ok()?).collect();
                best = Some((score, met, device, ids, free));
            }
        }
        let (_, met, device, ids, free) = best?;
        let instances = device.instances.len() as u64;
        worth.met += met;
        worth.total += total;
        worth.instances += instances;
        worth.taken += (instances - free) + ask.count;
        Some(AssignedDevice {
            vendor: device.vendor.clone(),
            device_type: device.device_type.clone(),
            name: device.name.clone(),
            ids,
        })
    }
}

/// A request for devices that cannot be met.
#[derive(Debug)]
pub(crate) struct Unmet<'g> {
    pub(crate) ask: &'g DeviceAsk,
    /// What the requests before it got.
    pub(crate) before: Vec<AssignedTask>,
    /// The most instances that are free in one group that it may be met from.
    pub(crate) free: u64,
}

/// The first request of a group for devices that a node cannot meet now.
pub(crate) fn unmet_devices<'g>(node: &Node, used: &NodeUse, group: &'g TaskGroup) -> Option<Unmet<'g>> {
    let mut before: Vec<AssignedTask> = Vec::new();
    for task in &group.tasks {
        let Some(resources) = &task.resources else { continue };
        let mut given = AssignedTask {
            task: task.name.as_str().into(),
            cores: Vec::new(),
            cpu_shares: 0,
            devices: Vec::new(),
        };
        for ask in &resources.devices {
            let picking = Picking { node, used, resources, before: &before };
            match picking.device(ask, &given.devices, None, &mut DeviceAffinity::default()) {
                Some(device) => given.devices.push(device),
                None => {
                    before.push(given);
                    let free = usable(node, used, &before, &[], ask).iter().map(|group| group.1.len()).max();
                    return Some(Unmet { ask, before, free: free.unwrap_or(0) as u64 });
                }
            }
        }
        before.push(given);
    }
    None
}

/// The NUMA nodes with enough of the free cores, the fullest first, then the first.
fn numa_nodes<'c>(free: &[&'c Core], wanted: usize) -> Vec<(u8, Vec<&'c Core>)> {
    let mut by_node: BTreeMap<u8, Vec<&Core>> = BTreeMap::new();
    free.iter().for_each(|core| by_node.entry(core.numa).or_default().push(core));
    let mut enough: Vec<(u8, Vec<&Core>)> =
        by_node.into_iter().filter(|(_, cores)| cores.len() >= wanted).collect();
    enough.sort_by_key(|(numa, cores)| (cores.len(), *numa));
    enough
}

/// Whether a device group is on a NUMA node, or does not tell.
fn is_near(device: &NodeDevice, numa: u8) -> bool {
    match device.attributes.get("numa_node") {
        Some(TypedValue::Int(number, _)) => *number == i64::from(numa),
        Some(TypedValue::Bool(_) | TypedValue::Text(_) | TypedValue::Float(..)) | None => true,
    }
}

/// The device groups that a request may be met from, each with the ids of its instances that are free.
pub(crate) fn usable<'n>(
    node: &'n Node,
    used: &NodeUse,
    before: &[AssignedTask],
    same_task: &[AssignedDevice],
    ask: &DeviceAsk,
) -> Vec<(&'n NodeDevice, Vec<Name>)> {
    let rules: Vec<DeviceRule> = ask.constraints.iter().map(DeviceRule::of_constraint).collect();
    let taken = |id: &Name| {
        before.iter().flat_map(|task| &task.devices).chain(same_task).any(|device| device.ids.contains(id))
    };
    let groups = node.resources.devices.iter().filter(|device| matches_name(&ask.name, device));
    let allowed = groups.filter(|device| rules.iter().all(|rule| rule.allows_group(device)));
    let with_ids = allowed.map(|device| {
        let usable = device.instances.iter().filter(|instance| {
            instance.healthy
                && used.device_free(&instance.id)
                && !taken(&instance.id)
                && rules.iter().all(|rule| rule.allows_instance(&instance.id))
        });
        (device, usable.map(|instance| instance.id.clone()).collect())
    });
    with_ids.collect()
}
