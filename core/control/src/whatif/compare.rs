//! What differs between two states: where allocations are, what waits, how full nodes are.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::{Alloc, AllocId, JobKey, Name, NodeId};
use scheduler::GroupExplained;
use state::State;

/// An allocation that would be somewhere else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Move {
    /// Its job.
    pub job: JobKey,
    /// Its group.
    pub group: Name,
    /// Number in its name.
    pub index: u32,
    /// The node that it leaves; none for one that is new.
    pub from: Option<NodeId>,
    /// The node that it goes to; none for one that ends.
    pub to: Option<NodeId>,
    /// The allocation that ends; none for one that is new.
    pub alloc: Option<AllocId>,
    /// Whether it gives way to one of higher priority.
    pub preempted: bool,
}

/// A group that would wait for room with more allocations than before.
#[derive(Debug, Clone, PartialEq)]
pub struct Unplaced {
    /// The job.
    pub job: JobKey,
    /// The group.
    pub group: Name,
    /// Allocations that would wait.
    pub count: u32,
    /// Allocations that wait already.
    pub before: u32,
    /// Why, and what would help; none beyond the first few groups.
    pub why: Option<Box<GroupExplained>>,
}

/// How full the nodes are that take allocations, or run some.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Utilisation {
    /// Nodes that are connected.
    pub nodes: u32,
    /// Nodes that take new allocations.
    pub ready: u32,
    /// Nodes with allocations.
    pub used: u32,
    /// Allocations that hold room.
    pub allocs: u64,
    /// CPU in MHz: what ready nodes have, and what is in use of all.
    pub cpu_mhz: (u64, u64),
    /// Memory in MiB.
    pub memory_mb: (u64, u64),
    /// Disk in MiB.
    pub disk_mb: (u64, u64),
}

impl Utilisation {
    /// That of a state.
    #[must_use]
    pub fn of(state: &State) -> Self {
        let mut sum = Self::default();
        let amount = |number: i32| u64::try_from(number).unwrap_or(0);
        for (node, row) in state.nodes().zip(state.columns().in_order()) {
            if node.status != model::NodeStatus::Ready {
                continue;
            }
            sum.nodes += 1;
            sum.used += u32::from(row.allocs > 0);
            sum.allocs += u64::from(row.allocs);
            let counts = if row.ready { 1 } else { 0 };
            sum.ready += u32::from(row.ready);
            let (has, used) = (row.capacity, row.used);
            for (total, has, used) in [
                (&mut sum.cpu_mhz, has.cpu_mhz, used.cpu_mhz),
                (&mut sum.memory_mb, has.memory_mb, used.memory_mb),
                (&mut sum.disk_mb, has.disk_mb, used.disk_mb),
            ] {
                total.0 += counts * amount(has);
                total.1 += amount(used);
            }
        }
        sum
    }
}

/// Where allocations would be that are somewhere else before, in order of jobs, groups and numbers.
pub(super) fn moves(before: &State, after: &State) -> Vec<Move> {
    let live = |alloc: &&Arc<Alloc>| !alloc.is_terminal();
    let mut gone: BTreeMap<AllocId, &Arc<Alloc>> = BTreeMap::new();
    for alloc in before.allocs().filter(live) {
        if after.alloc(alloc.id).is_none_or(|now| now.is_terminal()) {
            gone.insert(alloc.id, alloc);
        }
    }
    let mut by_name: BTreeMap<(JobKey, &Name, u32), BTreeSet<AllocId>> = BTreeMap::new();
    for alloc in gone.values() {
        by_name.entry((alloc.job_key(), &alloc.group, alloc.index)).or_default().insert(alloc.id);
    }
    let mut moves = Vec::new();
    for alloc in after.allocs().filter(live) {
        if before.alloc(alloc.id).is_some_and(|old| !old.is_terminal()) {
            continue;
        }
        let named = by_name.get(&(alloc.job_key(), &alloc.group, alloc.index));
        let source = origin(after, alloc, &gone)
            .or_else(|| named.and_then(|ids| ids.iter().find(|id| gone.contains_key(*id)).copied()));
        let source = source.and_then(|id| gone.remove(&id));
        moves.push(Move {
            from: source.map(|source| source.node),
            to: Some(alloc.node),
            alloc: source.map(|source| source.id),
            ..ends(alloc, after)
        });
    }
    moves.extend(gone.values().map(|alloc| ends(alloc, after)));
    moves.sort();
    moves
}

/// An allocation that ends where it is.
fn ends(alloc: &Alloc, after: &State) -> Move {
    let preempted = after.alloc(alloc.id).is_some_and(|now| now.desired == model::DesiredStatus::Evict);
    Move {
        job: alloc.job_key(),
        group: alloc.group.clone(),
        index: alloc.index,
        from: Some(alloc.node),
        to: None,
        alloc: Some(alloc.id),
        preempted,
    }
}

/// The allocation that ended and that this one goes on for, however many were between them.
fn origin(after: &State, alloc: &Alloc, gone: &BTreeMap<AllocId, &Arc<Alloc>>) -> Option<AllocId> {
    const MOST: usize = 64;
    let mut previous = alloc.previous;
    for _ in 0..MOST {
        if gone.contains_key(&previous) {
            return Some(previous);
        }
        previous = after.alloc(previous)?.previous;
    }
    None
}

/// Groups with more allocations waiting than before, most first.
pub(super) fn unplaced(before: &State, after: &State) -> Vec<Unplaced> {
    let mut all = Vec::new();
    for job in after.jobs() {
        let key = job.key();
        let Some(summary) = after.job_summary(&key) else { continue };
        for (group, counts) in summary.groups.iter().filter(|entry| entry.1.queued > 0) {
            let known = before.job_summary(&key).and_then(|summary| summary.groups.get(group));
            let waited = known.map_or(0, |known| known.queued);
            if counts.queued > waited {
                let (group, count) = (group.clone(), counts.queued);
                all.push(Unplaced { job: key.clone(), group, count, before: waited, why: None });
            }
        }
    }
    all.sort_by_key(|unplaced| std::cmp::Reverse(unplaced.count - unplaced.before));
    all
}
