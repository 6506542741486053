//! Preemption: which allocations of lower priority would have to go so that another fits on a node.
//!
//! Lowest priority first; among equals the one whose size is closest to what is still needed. Afterwards those
//! that turn out not to be needed are spared.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::{Alloc, AllocId, JobKey, Name, NodeId, NodeScore, ScorePart};

use super::group_pass::GroupPass;
use super::holders::{free_bandwidth, free_devices};
use super::request::Request;
use super::score::After;
use super::select::Selection;
use super::tally::Verdict;
use crate::assign::{Picked, pick};
use crate::cluster::Cluster;
use crate::rank::{Terms, preemption_score};
use crate::usage::{Amounts, Claim, NodeUse};

/// Only jobs that are at least this much less important may be preempted.
const PRIORITY_GAP: i64 = 10;
/// Added to the distance for each allocation of a group evicted from the node beyond its `migrate.max_parallel`.
const PARALLEL_PENALTY: f64 = 50.0;

/// What the plan evicts so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Evicted {
    pub(crate) ids: BTreeSet<AllocId>,
    by_group: BTreeMap<(NodeId, JobKey, Name), u32>,
}

impl Evicted {
    pub(crate) fn add(&mut self, alloc: &Alloc) {
        self.ids.insert(alloc.id);
        *self.by_group.entry((alloc.node, alloc.job_key(), alloc.group.clone())).or_default() += 1;
    }
}

/// A row that is chosen because others go.
#[derive(Debug, Clone)]
pub(crate) struct PreemptingSelection {
    pub(crate) selection: Selection,
    pub(crate) evicted: Vec<Arc<Alloc>>,
}

impl GroupPass {
    /// The best row on which others can make room.
    pub(crate) fn select_preempting(
        &self,
        cluster: &mut Cluster<'_>,
        request: &Request,
        evicted: &Evicted,
        rows: std::ops::Range<usize>,
    ) -> Option<PreemptingSelection> {
        let mut best: Option<(f64, u64, PreemptingSelection)> = None;
        let mut scores: Vec<NodeScore> = Vec::new();
        for row in rows {
            if !matches!(self.verdict(row), Verdict::Exhausted(_)) {
                continue;
            }
            let Some((victims, after)) = self.victims(cluster, row, request, evicted) else { continue };
            let terms = self.preempting_terms(cluster, row, &after, request, &victims);
            let (score, tie) = (terms.mean(), self.tie(cluster, row, after.used));
            scores.push(NodeScore { node: cluster.id(row), score, parts: terms.parts.to_vec() });
            let better = best.as_ref().is_none_or(|best| match score.total_cmp(&best.0) {
                Ordering::Greater => true,
                Ordering::Equal => tie > best.1,
                Ordering::Less => false,
            });
            if better {
                let selection = Selection { row, after, scores: Vec::new(), runners_up: Vec::new() };
                best = Some((score, tie, PreemptingSelection { selection, evicted: victims }));
            }
        }
        let (_, _, mut chosen) = best?;
        scores.sort_by(|left, right| right.score.total_cmp(&left.score));
        scores.truncate(5);
        chosen.selection.scores = scores;
        Some(chosen)
    }

    fn preempting_terms(
        &self,
        cluster: &Cluster<'_>,
        row: usize,
        after: &After,
        request: &Request,
        victims: &[Arc<Alloc>],
    ) -> Terms {
        let node = cluster.id(row);
        let mut terms = self.terms(cluster, row, after, request.penalty.contains(&node));
        let boost = self.spread_boost(row);
        if boost != 0.0 {
            terms.push(ScorePart::Spread, boost);
        }
        let priorities: Vec<u8> = victims.iter().map(|alloc| priority(alloc)).collect();
        terms.push(ScorePart::Preemption, preemption_score(&priorities));
        terms
    }

    /// Who has to go from a row, and the row with the new allocation and, as the score counts it, with them.
    fn victims(
        &self,
        cluster: &mut Cluster<'_>,
        row: usize,
        request: &Request,
        evicted: &Evicted,
    ) -> Option<(Vec<Arc<Alloc>>, After)> {
        let node = Arc::clone(cluster.node(row));
        let candidates = self.candidates(cluster, row, evicted);
        if candidates.is_empty() {
            return None;
        }
        let mut used = cluster.node_use(row).clone();
        let mut victims = free_devices(&node, &mut used, self.task_group(), &candidates)?;
        let picked = loop {
            match pick(&node, &used, self.task_group(), request.id) {
                Ok(picked) => break picked,
                Err(_) => {
                    let next = self.holder(&node, &used, &candidates, &victims, request)?;
                    used.remove(&Claim::of(&next));
                    victims.push(next);
                }
            }
        };
        let picked = self.spare_holders(&node, &mut used, &mut victims, request).unwrap_or(picked);
        let exclusive = picked.assigned.exclusive.as_deref();
        let ask = Amounts::asked(self.ask(), self.ask().cpu_with_cores(exclusive));
        let max = node.resources.max_allocs;
        let room = Room { has: cluster.has(row), ask, max_allocs: if max == 0 { u32::MAX } else { max } };
        let rest: Vec<Arc<Alloc>> = candidates
            .into_iter()
            .filter(|alloc| victims.iter().all(|victim| victim.id != alloc.id))
            .collect();
        victims.extend(free_bandwidth(room.has, ask.mbits, &mut used, rest.clone())?);
        let rest = rest.into_iter().filter(|alloc| victims.iter().all(|victim| victim.id != alloc.id));
        victims.extend(make_room(&room, &mut used, rest.collect(), evicted)?);
        let counted = cluster.used(row).plus(ask);
        Some((victims, After { used: counted, picked }))
    }

    /// The allocations on a row that may be preempted, lowest priority first.
    fn candidates(&self, cluster: &Cluster<'_>, row: usize, evicted: &Evicted) -> Vec<Arc<Alloc>> {
        let mine = self.job();
        let allocs = cluster.snapshot().allocs_on_node(cluster.id(row)).filter(|alloc| {
            !alloc.client_terminal()
                && !evicted.ids.contains(&alloc.id)
                && (alloc.job.id != mine.id || alloc.job.namespace != mine.namespace)
                && mine.priority - alloc.job.priority >= PRIORITY_GAP
        });
        let mut candidates: Vec<Arc<Alloc>> = allocs.cloned().collect();
        candidates.sort_by_key(|alloc| (alloc.job.priority, alloc.id));
        candidates
    }

    /// Spares holders of ports, cores and devices that were not in the way after all; returns what is picked then.
    fn spare_holders(
        &self,
        node: &model::Node,
        used: &mut NodeUse,
        victims: &mut Vec<Arc<Alloc>>,
        request: &Request,
    ) -> Option<Picked> {
        let mut picked = None;
        victims.retain(|victim| {
            used.add(&Claim::of(victim));
            match pick(node, used, self.task_group(), request.id) {
                Ok(again) => {
                    picked = Some(again);
                    false
                }
                Err(_) => {
                    used.remove(&Claim::of(victim));
                    true
                }
            }
        });
        picked
    }

    /// The first candidate whose going lets more ports, cores or devices be picked.
    fn holder(
        &self,
        node: &model::Node,
        used: &NodeUse,
        candidates: &[Arc<Alloc>],
        victims: &[Arc<Alloc>],
        request: &Request,
    ) -> Option<Arc<Alloc>> {
        let open = || {
            candidates.iter().filter(|alloc| {
                let exclusive = !alloc.assigned.ports.is_empty() || alloc.assigned.exclusive.is_some();
                exclusive && victims.iter().all(|victim| victim.id != alloc.id)
            })
        };
        let solves = open().find(|alloc| {
            let mut without = used.clone();
            without.remove(&Claim::of(alloc));
            pick(node, &without, self.task_group(), request.id).is_ok()
        });
        solves.or_else(|| open().next()).cloned()
    }
}

fn priority(alloc: &Alloc) -> u8 {
    u8::try_from(alloc.job.priority).unwrap_or(0)
}

/// What a node has and what is asked of it.
#[derive(Debug, Clone, Copy)]
struct Room {
    has: Amounts,
    ask: Amounts,
    max_allocs: u32,
}

impl Room {
    fn is_enough(&self, used: &NodeUse) -> bool {
        let wanted = used.amounts.plus(self.ask);
        used.allocs < self.max_allocs && crate::fits::amounts_fit(self.has, wanted).is_ok()
    }
}

/// Takes allocations until the ask fits, then spares those that are not needed.
fn make_room(
    room: &Room,
    used: &mut NodeUse,
    candidates: Vec<Arc<Alloc>>,
    evicted: &Evicted,
) -> Option<Vec<Arc<Alloc>>> {
    if room.is_enough(used) {
        return Some(Vec::new());
    }
    let before = used.clone();
    let mut groups: BTreeMap<i64, Vec<Arc<Alloc>>> = BTreeMap::new();
    for alloc in candidates {
        groups.entry(alloc.job.priority).or_default().push(alloc);
    }
    let mut chosen: Vec<Arc<Alloc>> = Vec::new();
    let mut needed = room.ask;
    for mut group in groups.into_values() {
        while !group.is_empty() && !room.is_enough(used) {
            let next = closest(&needed, &group, evicted)?;
            let alloc = group.swap_remove(next);
            group.sort_by_key(|alloc| alloc.id);
            let claim = Claim::of(&alloc);
            used.remove(&claim);
            needed = needed.minus(amounts_of(&alloc));
            chosen.push(alloc);
        }
    }
    if !room.is_enough(used) {
        return None;
    }
    Some(spare(room, before, chosen, evicted))
}

/// Keeps the farthest ones until the ask fits, and spares the rest.
fn spare(room: &Room, mut used: NodeUse, mut chosen: Vec<Arc<Alloc>>, evicted: &Evicted) -> Vec<Arc<Alloc>> {
    chosen.sort_by(|left, right| {
        distance(&room.ask, right, evicted).total_cmp(&distance(&room.ask, left, evicted))
    });
    let mut kept = Vec::new();
    for alloc in chosen {
        if room.is_enough(&used) {
            break;
        }
        used.remove(&Claim::of(&alloc));
        kept.push(alloc);
    }
    kept
}

fn closest(needed: &Amounts, group: &[Arc<Alloc>], evicted: &Evicted) -> Option<usize> {
    let distances = group.iter().map(|alloc| distance(needed, alloc, evicted));
    distances.enumerate().min_by(|left, right| left.1.total_cmp(&right.1)).map(|entry| entry.0)
}

fn amounts_of(alloc: &Alloc) -> Amounts {
    Claim::of(alloc).amounts()
}

/// How far the size of an allocation is from what is needed.
fn distance(needed: &Amounts, alloc: &Alloc, evicted: &Evicted) -> f64 {
    let size = amounts_of(alloc);
    let part = |needed: u64, size: u64| {
        if needed == 0 { 0.0 } else { (float(needed) - float(size)) / float(needed) }
    };
    let memory = part(needed.memory_mb, size.memory_mb);
    let cpu = part(needed.cpu_mhz, size.cpu_mhz);
    let disk = part(needed.disk_mb, size.disk_mb);
    libm::sqrt(memory * memory + cpu * cpu + disk * disk) + parallel_penalty(alloc, evicted)
}

fn parallel_penalty(alloc: &Alloc, evicted: &Evicted) -> f64 {
    let max =
        alloc.task_group().and_then(|group| group.migrate.as_ref()).map_or(0, |migrate| migrate.max_parallel);
    let there =
        evicted.by_group.get(&(alloc.node, alloc.job_key(), alloc.group.clone())).copied().unwrap_or(0);
    let max = u32::try_from(max).unwrap_or(0);
    if max == 0 || there < max { 0.0 } else { f64::from(there + 1 - max) * PARALLEL_PENALTY }
}

#[expect(clippy::cast_precision_loss, reason = "MHz and MB are far below 2^53")]
const fn float(number: u64) -> f64 {
    number as f64
}
