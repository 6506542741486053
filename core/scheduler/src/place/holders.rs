//! Who has to go so that devices or bandwidth become free.
//!
//! Devices: of the groups from which a request could be met, the one whose holders cost least: the sum of their
//! different priorities. Bandwidth: lowest priority first, then who comes closest to what is still needed.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

use model::{Alloc, Node, NodeDevice, TaskGroup};

use crate::assign_task::{Unmet, unmet_devices, usable};
use crate::usage::{Amounts, Claim, NodeUse};

/// Takes the holders of devices away until every request can be met; none when that is not possible.
pub(super) fn free_devices(
    node: &Node,
    used: &mut NodeUse,
    group: &TaskGroup,
    candidates: &[Arc<Alloc>],
) -> Option<Vec<Arc<Alloc>>> {
    let mut victims: Vec<Arc<Alloc>> = Vec::new();
    // Every round takes at least one of the candidates.
    while let Some(unmet) = unmet_devices(node, used, group) {
        let open: Vec<&Arc<Alloc>> =
            candidates.iter().filter(|alloc| victims.iter().all(|victim| victim.id != alloc.id)).collect();
        let groups = usable(node, used, &unmet.before, &[], unmet.ask);
        let options =
            groups.iter().filter_map(|(device, free)| holders(device, free.len() as u64, &unmet, &open));
        let chosen = options.min_by_key(|holders| cost(holders)).filter(|holders| !holders.is_empty())?;
        chosen.iter().for_each(|alloc| used.remove(&Claim::of(alloc)));
        victims.extend(chosen);
    }
    Some(victims)
}

/// The holders of one device group that have to go, the least important first and no more than needed.
fn holders(
    device: &NodeDevice,
    free: u64,
    unmet: &Unmet<'_>,
    open: &[&Arc<Alloc>],
) -> Option<Vec<Arc<Alloc>>> {
    let mut holding: Vec<(u64, &Arc<Alloc>)> =
        open.iter().map(|alloc| (held(alloc, device), *alloc)).filter(|holder| holder.0 > 0).collect();
    holding.sort_by_key(|(held, alloc)| (alloc.job.priority, Reverse(*held), alloc.id));
    let needed = unmet.ask.count.saturating_sub(free);
    let mut freed = 0;
    let mut taken: Vec<(u64, &Arc<Alloc>)> = Vec::new();
    for holder in holding {
        if freed >= needed {
            break;
        }
        freed += holder.0;
        taken.push(holder);
    }
    if freed < needed {
        return None;
    }
    // The largest are enough more often.
    taken.sort_by_key(|(held, alloc)| (Reverse(*held), alloc.job.priority, alloc.id));
    let mut left = needed;
    let mut kept = Vec::new();
    for (held, alloc) in taken {
        if left > 0 {
            left = left.saturating_sub(held);
            kept.push(Arc::clone(alloc));
        }
    }
    Some(kept)
}

/// Instances of a device group that an allocation holds.
fn held(alloc: &Alloc, device: &NodeDevice) -> u64 {
    let tasks = alloc.assigned.exclusive.iter().flat_map(|exclusive| &exclusive.tasks);
    let groups = tasks.flat_map(|task| &task.devices).filter(|assigned| {
        assigned.vendor == device.vendor
            && assigned.device_type == device.device_type
            && assigned.name == device.name
    });
    groups.map(|assigned| assigned.ids.len() as u64).sum()
}

/// The sum of the different priorities.
fn cost(allocs: &[Arc<Alloc>]) -> i64 {
    allocs.iter().map(|alloc| alloc.job.priority).collect::<BTreeSet<i64>>().into_iter().sum()
}

/// Takes allocations with bandwidth away until there is enough of it; none when there never is.
pub(super) fn free_bandwidth(
    has: Amounts,
    asked: u64,
    used: &mut NodeUse,
    mut candidates: Vec<Arc<Alloc>>,
) -> Option<Vec<Arc<Alloc>>> {
    let mut victims = Vec::new();
    while asked > 0 && used.amounts.mbits + asked > has.mbits {
        let needed = used.amounts.mbits + asked - has.mbits;
        let holding = candidates.iter().enumerate().filter(|entry| mbits(entry.1) > 0);
        let at = holding
            .min_by_key(|(_, alloc)| (alloc.job.priority, mbits(alloc).abs_diff(needed), alloc.id))
            .map(|entry| entry.0)?;
        let alloc = candidates.swap_remove(at);
        used.remove(&Claim::of(&alloc));
        victims.push(alloc);
    }
    Some(victims)
}

fn mbits(alloc: &Alloc) -> u64 {
    Claim::of(alloc).ask.mbits
}
