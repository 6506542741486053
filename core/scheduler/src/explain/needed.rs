//! The smallest single changes that would let a group be placed.
//!
//! Small is measured so: lowering an ask or freeing room by a part of what is asked costs that part, and lowering
//! is preferred to freeing the same; everything else costs as much as going without the whole ask, and what opens
//! more nodes goes first.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{Alloc, AllocId, GroupAsk, Job, Name, NodeId, Task, TaskGroup};

use super::change::{Change, Resource};
use super::closed::{Closed, Short};
use super::group::NodeExplained;
use super::trial::{Trial, text_of};
use crate::feasible::is_named;

/// Allocations that are named to free room on one node.
const STOPPED: usize = 16;

/// A change that was not tried yet.
struct Candidate {
    change: Change,
    cost: f64,
    /// Nodes that it may open.
    nodes: u32,
}

/// The changes that would do, the smallest first. Each was tried.
pub(super) fn needed(trial: &Trial<'_>, nodes: &[NodeExplained]) -> Vec<Change> {
    let mut candidates = candidates(trial, &Closed::of(nodes));
    candidates
        .sort_by(|left, right| left.cost.total_cmp(&right.cost).then_with(|| right.nodes.cmp(&left.nodes)));
    candidates.truncate(Change::TRIES);
    let tried = candidates.into_iter().filter_map(|candidate| confirm(trial, candidate.change));
    tried.take(Change::MOST).collect()
}

/// Tries a change: none when it opens no node, else the change with what it really opens.
fn confirm(trial: &Trial<'_>, change: Change) -> Option<Change> {
    let open = trial.after(&change);
    let opened = u32::try_from(open.len()).unwrap_or(u32::MAX);
    let first = *open.first()?;
    Some(match change {
        Change::Drop { constraint, .. } => Change::Drop { constraint, nodes: opened },
        Change::Datacenter { name, .. } => Change::Datacenter { name, nodes: opened },
        Change::Lower {
            resource: resource @ (Resource::Cores | Resource::Devices | Resource::DynamicPorts),
            task,
            from,
            to,
            ..
        } => most(trial, resource, &task, from, (to, first)),
        Change::Lower { resource, task, from, to, node } => {
            let node = if open.contains(&node) { node } else { first };
            Change::Lower { resource, task, from, to, node }
        }
        Change::Free { node, .. } | Change::Provide { node, .. } | Change::Admit { node, .. }
            if !open.contains(&node) =>
        {
            return None;
        }
        Change::Free { .. } | Change::Provide { .. } | Change::Admit { .. } | Change::Pool { .. } => change,
    })
}

/// The most cores, devices or ports, fewer than `from` and not fewer than what is known to do, with which a node is
/// open. Fewer cores also need less CPU, and fewer devices may be of another group, so that a node may open which was
/// not the nearest.
fn most(trial: &Trial<'_>, resource: Resource, task: &Name, from: u64, known: (u64, NodeId)) -> Change {
    let lowered = |to: u64, node| Change::Lower { resource, task: task.clone(), from, to, node };
    let (mut fits, mut too_many) = (known, from);
    while too_many - fits.0 > 1 {
        let middle = fits.0 + (too_many - fits.0) / 2;
        match trial.after(&lowered(middle, known.1)).first() {
            Some(&node) => fits = (middle, node),
            None => too_many = middle,
        }
    }
    lowered(fits.0, fits.1)
}

fn candidates(trial: &Trial<'_>, closed: &Closed) -> Vec<Candidate> {
    let group = &trial.job.task_groups[trial.group];
    let mut all = Vec::new();
    for (&resource, short) in &closed.short {
        all.extend(lower(group, resource, *short));
    }
    for (&resource, short) in &closed.taken {
        all.extend(free(trial, resource, *short));
    }
    for (&port, (job, node)) in &closed.ports {
        all.extend(free_port(trial, port, job, *node));
    }
    if closed.without_devices > 0 {
        let asks =
            group.tasks.iter().filter_map(|task| task.resources.as_ref()).flat_map(|asked| &asked.devices);
        for constraint in asks.flat_map(|ask| &ask.constraints) {
            let constraint = Name::from(text_of(constraint));
            all.push(whole(Change::Drop { constraint, nodes: 0 }, closed.without_devices));
        }
    }
    for (reason, &nodes) in &closed.filters {
        let constraint = constraint_of(trial.job, group, reason);
        all.extend(constraint.map(|constraint| whole(Change::Drop { constraint, nodes }, nodes)));
    }
    for ((volume, name), &node) in &closed.missing {
        all.push(whole(Change::Provide { volume: *volume, name: name.clone(), node }, 1));
    }
    all.extend(elsewhere(trial));
    all
}

const fn whole(change: Change, nodes: u32) -> Candidate {
    Candidate { change, cost: 1.0, nodes }
}

#[expect(clippy::cast_precision_loss, reason = "MHz and MiB are far below 2^53")]
fn part(short: Short) -> f64 {
    short.by as f64 / short.asked.max(1) as f64
}

/// Lowers what the task asks that asks for most.
fn lower(group: &TaskGroup, resource: Resource, short: Short) -> Option<Candidate> {
    let node = short.node;
    let least = if matches!(resource, Resource::Memory | Resource::Disk) { 10 } else { 1 };
    let (task, from) = match resource {
        Resource::Allocs | Resource::Port(_) => return None,
        Resource::Disk | Resource::DynamicPorts => (Name::from(""), short.asked),
        Resource::Cpu | Resource::Memory | Resource::Cores | Resource::Devices | Resource::Bandwidth => {
            let of_group = group.networks.first().map_or(0, |network| network.mbits);
            let of_group = if resource == Resource::Bandwidth { of_group } else { 0 };
            let of_group = std::iter::once((u64::try_from(of_group).unwrap_or(0), ""));
            let asks = group.tasks.iter().map(|task| (asked(task, resource), task.name.as_str()));
            let (asked, task) = of_group.chain(asks).max_by_key(|ask| ask.0)?;
            (Name::from(task), asked)
        }
    };
    let to = from.checked_sub(short.by).filter(|to| *to >= least)?;
    let change = Change::Lower { resource, task, from, to, node };
    Some(Candidate { change, cost: part(short), nodes: 1 })
}

fn asked(task: &Task, resource: Resource) -> u64 {
    let number = task.resources.as_ref().map_or(0, |resources| match resource {
        Resource::Cpu if resources.cores == 0 => resources.cpu,
        Resource::Memory => resources.memory_mb,
        Resource::Cores => resources.cores,
        Resource::Bandwidth => resources.networks.first().map_or(0, |network| network.mbits),
        Resource::Devices => {
            let counts = resources.devices.iter().map(|ask| ask.count);
            i64::try_from(counts.max().unwrap_or(0)).unwrap_or(i64::MAX)
        }
        Resource::Cpu | Resource::Disk | Resource::Allocs | Resource::DynamicPorts | Resource::Port(_) => 0,
    });
    u64::try_from(number).unwrap_or(0)
}

/// Ends allocations of other jobs, as few as will do: one if there is one, else the largest first.
fn free(trial: &Trial<'_>, resource: Resource, short: Short) -> Option<Candidate> {
    let mut held: Vec<(u64, &Arc<Alloc>)> = others(trial, short.node)
        .map(|alloc| (held_by(alloc, resource, &trial.job.task_groups[trial.group]), alloc))
        .filter(|holder| holder.0 > 0)
        .collect();
    let single = held.iter().filter(|holder| holder.0 >= short.by);
    let single = single.min_by_key(|(held, alloc)| (alloc.job.priority, *held, alloc.id));
    let mut stopping: Vec<AllocId> = Vec::new();
    if let Some((_, alloc)) = single {
        stopping.push(alloc.id);
    } else {
        held.sort_by_key(|(held, alloc)| (std::cmp::Reverse(*held), alloc.job.priority, alloc.id));
        let mut freed = 0;
        for (held, alloc) in held.into_iter().take(STOPPED) {
            if freed < short.by {
                freed += held;
                stopping.push(alloc.id);
            }
        }
        if freed < short.by {
            return None;
        }
    }
    let change = Change::Free { resource, by: short.by, node: short.node, stopping };
    // A little more than lowering the ask by the same: others are not touched by that.
    Some(Candidate { change, cost: part(short) + 1e-9, nodes: 1 })
}

fn free_port(trial: &Trial<'_>, port: u16, job: &Name, node: NodeId) -> Option<Candidate> {
    let holder = others(trial, node).find(|alloc| {
        *alloc.job.id == **job && alloc.assigned.ports.iter().any(|assigned| assigned.value == port)
    })?;
    let resource = Resource::Port(port);
    Some(whole(Change::Free { resource, by: 1, node, stopping: vec![holder.id] }, 1))
}

/// What other jobs run on a node.
fn others<'a>(trial: &'a Trial<'_>, node: NodeId) -> impl Iterator<Item = &'a Arc<Alloc>> {
    let key = trial.job.key();
    let gone = |alloc: &Alloc| trial.gone.iter().any(|gone| gone.id == alloc.id);
    let running = trial.snapshot.allocs_on_node(node).filter(|alloc| !alloc.client_terminal());
    running.filter(move |alloc| alloc.job_key() != key && !gone(alloc))
}

/// How much of a resource an allocation holds; of devices only those that `group` could ask for.
fn held_by(alloc: &Alloc, resource: Resource, group: &TaskGroup) -> u64 {
    let ask = alloc.task_group().map(GroupAsk::of).unwrap_or_default();
    match resource {
        Resource::Cpu => ask.cpu_with_cores(alloc.assigned.exclusive.as_deref()),
        Resource::Memory => ask.memory_mb,
        Resource::Disk => ask.disk_mb,
        Resource::Cores => u64::from(ask.cores),
        Resource::Allocs => 1,
        Resource::Bandwidth => ask.mbits,
        Resource::DynamicPorts => alloc.assigned.ports.len() as u64,
        Resource::Devices => devices_held_by(alloc, group),
        Resource::Port(_) => 0,
    }
}

fn devices_held_by(alloc: &Alloc, group: &TaskGroup) -> u64 {
    let asks =
        || group.tasks.iter().filter_map(|task| task.resources.as_ref()).flat_map(|asked| &asked.devices);
    let tasks = alloc.assigned.exclusive.iter().flat_map(|exclusive| &exclusive.tasks);
    let held = tasks.flat_map(|task| &task.devices).filter(|held| {
        let parts = [&*held.vendor, &*held.device_type, &*held.name];
        asks().any(|ask| is_named(&ask.name, parts))
    });
    held.map(|held| held.ids.len() as u64).sum()
}

/// The constraint that a filter's reason is about.
fn constraint_of(job: &Job, group: &TaskGroup, reason: &str) -> Option<Name> {
    if reason == "numa-cores" {
        return Some(Name::from(Change::NUMA));
    }
    let tasks = group.tasks.iter().flat_map(|task| &task.constraints);
    let mut all = job.constraints.iter().chain(&group.constraints).chain(tasks);
    let found = all.find(|constraint| match constraint.operand.as_str() {
        "distinct_property" => {
            reason.starts_with(&format!("distinct_property: {}=", constraint.ltarget))
                || reason == format!("missing property {:?}", constraint.ltarget)
        }
        _ => text_of(constraint) == reason,
    });
    found.map(|constraint| Name::from(text_of(constraint)))
}

/// Changes that concern nodes which were not looked at: shut ones, other datacenters, other pools.
fn elsewhere(trial: &Trial<'_>) -> Vec<Candidate> {
    let mut all = Vec::new();
    let count = |open: &[NodeId]| u32::try_from(open.len()).unwrap_or(u32::MAX);
    let admitted = trial.if_admitted();
    if let Some(&node) = admitted.first() {
        let nodes = count(&admitted);
        all.push(whole(Change::Admit { node, nodes }, nodes));
    }
    let anywhere = trial.with_job(|job, _| {
        job.datacenters = vec!["*".to_owned()];
        true
    });
    for (name, nodes) in by_place(trial, &anywhere, |node| node.datacenter.clone()) {
        if !crate::feasible::in_datacenters(&trial.job.datacenters, &name) {
            all.push(whole(Change::Datacenter { name, nodes }, nodes));
        }
    }
    let any_pool = trial.with_job(|job, _| {
        job.node_pool = "all".to_owned();
        true
    });
    for (name, nodes) in by_place(trial, &any_pool, |node| node.pool.clone()) {
        if *name != *trial.job.node_pool {
            all.push(whole(Change::Pool { name, nodes }, nodes));
        }
    }
    all
}

fn by_place(trial: &Trial<'_>, open: &[NodeId], place: impl Fn(&model::Node) -> Name) -> BTreeMap<Name, u32> {
    let mut counts = BTreeMap::new();
    for node in open.iter().filter_map(|id| trial.snapshot.node(*id)) {
        *counts.entry(place(node)).or_default() += 1;
    }
    counts
}
