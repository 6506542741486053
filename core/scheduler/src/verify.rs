//! Verifying a plan against a newer state, node by node, with repair through runners-up.

use std::collections::{BTreeMap, BTreeSet};

use model::{
    Alloc, AllocId, Assigned, GroupAsk, Job, JobKey, NodeId, NodeStatus, Placement, Plan, TaskGroup,
};
use state::State;

use crate::assign::pick;
use crate::cluster::{asks_exclusive, in_scope};
use crate::feasible::GroupFilter;
use crate::fits::fits;
use crate::usage::{Claim, NodeUse};

/// What may be committed of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    /// The plan without what was rejected, with what was repaired.
    pub plan: Plan,
    /// Placements that were rejected, by node.
    pub rejected: BTreeMap<NodeId, u32>,
    /// Placements that went to a runner-up.
    pub repaired: u32,
}

impl Verified {
    /// Whether everything may be committed.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.rejected.is_empty()
    }
}

/// Verifies a plan against the state and against plans that are being committed. The order of placements
/// decides who gets the room; with `all_at_once` one rejection empties the plan.
///
/// What a plan replaces and finds no room for goes on, and keeps its room: then the rest is looked at again
/// with that room taken. Every round keeps at least one more, so there are at most as many as placements.
#[must_use]
pub fn verify(state: &State, plan: &Plan, in_flight: &[Plan]) -> Verified {
    let mut kept = BTreeSet::new();
    loop {
        let (verified, orphaned) = verify_keeping(state, plan, in_flight, &kept);
        if orphaned.is_subset(&kept) || verified.plan.placements.is_empty() {
            return verified;
        }
        kept.extend(orphaned);
    }
}

/// One round, in which the allocations in `kept` go on. Returns those whose replacement was rejected, too.
fn verify_keeping(
    state: &State,
    plan: &Plan,
    in_flight: &[Plan],
    kept: &BTreeSet<AllocId>,
) -> (Verified, BTreeSet<AllocId>) {
    let mut verifier = Verifier::new(state, plan, in_flight, kept);
    let mut verified = Verified { plan: plan.clone(), rejected: BTreeMap::new(), repaired: 0 };
    let mut dropped: BTreeSet<AllocId> = BTreeSet::new();
    for run in &mut verified.plan.placements {
        let Some(job) = state.job_version(&plan.job, run.job_version) else {
            for placement in run.placements.drain(..) {
                *verified.rejected.entry(placement.node).or_default() += 1;
                dropped.insert(placement.id);
            }
            continue;
        };
        let placements = std::mem::take(&mut run.placements);
        for mut placement in placements {
            let node = placement.node;
            if verifier.accept(job, &run.group, &mut placement) {
                verified.repaired += u32::from(placement.node != node);
                run.placements.push(placement);
            } else {
                *verified.rejected.entry(node).or_default() += 1;
                dropped.insert(placement.id);
            }
        }
    }
    if plan.all_at_once && !dropped.is_empty() {
        verified.plan.placements.clear();
        verified.plan.preemptions.clear();
        verified.plan.updates.clear();
        verified.plan.stops.clear();
        verified.plan.deployment = None;
        verified.plan.deployment_updates.clear();
        return (verified, BTreeSet::new());
    }
    verified.plan.placements.retain(|run| !run.placements.is_empty());
    verified.plan.preemptions.retain(|preemption| !dropped.contains(&preemption.by));
    let orphaned = keep_replaced(state, plan, &dropped, &mut verified.plan);
    (verified, orphaned)
}

/// Allocations whose replacement was rejected go on, unless they are over or move for another reason. Returns
/// those that do.
fn keep_replaced(
    state: &State,
    plan: &Plan,
    dropped: &BTreeSet<AllocId>,
    verified: &mut Plan,
) -> BTreeSet<AllocId> {
    let all = plan.placements.iter().flat_map(|run| &run.placements);
    let orphaned = all
        .filter(|placement| dropped.contains(&placement.id))
        .filter_map(|placement| placement.rare.as_ref());
    let orphaned: BTreeSet<AllocId> = orphaned.map(|rare| rare.previous).collect();
    let mut going_on = BTreeSet::new();
    verified.stops.retain(|stop| {
        let replaced = matches!(stop.reason, model::StopReason::Updating | model::StopReason::None);
        let goes_on = replaced && orphaned.contains(&stop.id) && state.alloc(stop.id).is_some();
        if goes_on {
            going_on.insert(stop.id);
        }
        !goes_on
    });
    going_on
}

/// The nodes of a plan as they will be.
struct Verifier<'a> {
    state: &'a State,
    key: JobKey,
    leaving: BTreeSet<AllocId>,
    /// Placements of earlier plans, by node.
    incoming: BTreeMap<NodeId, Vec<Incoming<'a>>>,
    used: BTreeMap<NodeId, NodeUse>,
}

impl<'a> Verifier<'a> {
    fn new(state: &'a State, plan: &Plan, in_flight: &'a [Plan], kept: &BTreeSet<AllocId>) -> Self {
        let stops = plan.stops.iter().filter(|stop| !stop.reschedule_failed).map(|stop| stop.id);
        let mine = stops.chain(plan.preemptions.iter().map(|preemption| preemption.id));
        // What other plans stop holds its room until its client is done with it, or is known to be gone.
        let gone = in_flight.iter().flat_map(|plan| &plan.stops);
        let gone = gone.filter(|stop| stop.client.is_some_and(model::ClientStatus::is_terminal));
        let leaving = mine.chain(gone.map(|stop| stop.id)).filter(|id| !kept.contains(id));
        Self {
            state,
            key: plan.job.clone(),
            leaving: leaving.collect(),
            incoming: incoming(state, in_flight),
            used: BTreeMap::new(),
        }
    }

    /// Takes a placement where it was placed, or on its first runner-up that has room.
    fn accept(&mut self, job: &Job, group: &str, placement: &mut Placement) -> bool {
        let Some(task_group) = job.group(group) else { return false };
        let ask = GroupAsk::of(task_group);
        if self.has_room(placement.node, placement.id, ask, task_group, &placement.assigned) {
            return true;
        }
        let evicts = placement.rare.as_ref().is_some_and(|rare| !rare.preempted.is_empty());
        if evicts || job.kind().is_system() {
            return false;
        }
        let filter = GroupFilter::new(job, task_group);
        for runner_up in placement.runners_up.clone() {
            let Some(node) = self.state.node(runner_up) else { continue };
            if !node.is_ready()
                || !in_scope(job, node)
                || filter.reason_alone(node, placement.index).is_some()
            {
                continue;
            }
            if !self.may_share(job, group, runner_up) {
                continue;
            }
            let picked = if asks_exclusive(task_group) {
                let Ok(picked) = pick(node, self.node_use(runner_up), task_group, placement.id) else {
                    continue;
                };
                picked.assigned
            } else {
                Assigned::default()
            };
            let assigned = Assigned { memory_max: placement.assigned.memory_max, ..picked };
            if self.has_room(runner_up, placement.id, ask, task_group, &assigned) {
                placement.node = runner_up;
                placement.assigned = assigned;
                placement.scores.clear();
                return true;
            }
        }
        false
    }

    /// A repair never brings two allocations of a job together that may have to keep apart.
    fn may_share(&mut self, job: &Job, group: &str, node: NodeId) -> bool {
        let distinct = |constraints: &[model::Constraint]| {
            constraints.iter().any(|constraint| constraint.operand.starts_with("distinct_"))
        };
        let rules =
            distinct(&job.constraints) || job.group(group).is_some_and(|group| distinct(&group.constraints));
        let mut here = self.state.allocs_on_node(node).filter(|alloc| !alloc.client_terminal());
        !rules || !here.any(|alloc: &std::sync::Arc<Alloc>| alloc.job_key() == self.key)
    }

    fn has_room(
        &mut self,
        id: NodeId,
        alloc: AllocId,
        ask: GroupAsk,
        group: &TaskGroup,
        assigned: &Assigned,
    ) -> bool {
        let Some(node) = self.state.node(id) else { return false };
        if node.status != NodeStatus::Ready || !node.is_ready() {
            return false;
        }
        let claim = Claim { id: alloc, ask, group: Some(group), assigned };
        let used = self.node_use(id);
        used.add(&claim);
        if fits(node, used).is_ok() {
            return true;
        }
        used.remove(&claim);
        false
    }

    /// What will be in use on a node: what stays there, and what earlier plans bring.
    fn node_use(&mut self, id: NodeId) -> &mut NodeUse {
        let (state, leaving, incoming) = (self.state, &self.leaving, &self.incoming);
        self.used.entry(id).or_insert_with(|| {
            let mut used = NodeUse::default();
            let staying = state
                .allocs_on_node(id)
                .filter(|alloc| !alloc.client_terminal() && !leaving.contains(&alloc.id));
            staying.for_each(|alloc| used.add(&Claim::of(alloc)));
            for Incoming { group, ask, placement } in incoming.get(&id).into_iter().flatten() {
                let (id, assigned) = (placement.id, &placement.assigned);
                used.add(&Claim { id, ask: *ask, group: Some(group), assigned });
            }
            used
        })
    }
}

/// A placement of an earlier plan.
struct Incoming<'a> {
    group: &'a TaskGroup,
    ask: GroupAsk,
    placement: &'a Placement,
}

/// What earlier plans place that the state does not hold yet, by node.
fn incoming<'a>(state: &'a State, plans: &'a [Plan]) -> BTreeMap<NodeId, Vec<Incoming<'a>>> {
    let mut incoming: BTreeMap<NodeId, Vec<Incoming<'a>>> = BTreeMap::new();
    for (plan, run) in plans.iter().flat_map(|plan| plan.placements.iter().map(move |run| (plan, run))) {
        let job = state.job_version(&plan.job, run.job_version);
        let Some(group) = job.and_then(|job| job.group(&run.group)) else { continue };
        let ask = GroupAsk::of(group);
        for placement in run.placements.iter().filter(|placement| state.alloc(placement.id).is_none()) {
            incoming.entry(placement.node).or_default().push(Incoming { group, ask, placement });
        }
    }
    incoming
}
