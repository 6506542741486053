//! Checks one plan against the state it will be committed on, drops what does not hold there, and repairs what
//! a runner-up can take.
//!
//! The plan is carried out on a copy of the state by the very `apply` that will carry it out for good; then
//! every node that it touched must still fit. A plan made on the state that it is checked against is never
//! trimmed. Limits: [`Placement::runners_up`] bounds the repairs of one placement.

use std::collections::{BTreeMap, BTreeSet};

use model::{
    AllocId, ClientStatus, InPlaceUpdate, NodeId, NodeStatus, Outcome, Placement, Plan, PlanResult,
    StopReason, Timestamp,
};
use state::apply::PlanCommit;
use state::{Command, Entry, State};

/// Says whether everything on a node fits into it.
pub type Fits = fn(&State, NodeId) -> bool;

/// What is left of a plan.
#[derive(Debug)]
pub struct Verified {
    /// What to commit; empty when nothing is left.
    pub commit: PlanCommit,
    /// The state with that carried out.
    pub after: State,
    /// What was dropped and repaired; indexes and time are filled in by the commit.
    pub result: PlanResult,
    /// Whether anything was dropped.
    pub partial: bool,
}

/// Verifies a plan against `state`.
pub fn verify(state: &State, now: Timestamp, outcome: Outcome, fits: Fits) -> Verified {
    let Outcome { mut plan, eval, created } = outcome;
    plan.annotations = None;
    let mut trim = Trim::default();
    trim.drop_unusable(state, &mut plan);
    let mut after = carry_out(state, now, &plan);
    let crowded: BTreeSet<NodeId> =
        touched(&after, &plan).into_iter().filter(|node| !fits(&after, *node)).collect();
    if !crowded.is_empty() {
        trim.drop_crowded(state, now, &mut plan, &crowded, fits);
        after = carry_out(state, now, &plan);
    }
    if !trim.rejected.is_empty() {
        trim.repair(state, now, &mut plan, &mut after, fits);
    }
    let partial = trim.dropped > 0;
    if partial {
        trim.undo_dependents(&mut plan, state);
        if plan.all_at_once {
            clear(&mut plan);
        }
        after = carry_out(state, now, &plan);
    }
    strip(&mut plan);
    // What the committed part refers to must exist; the evaluation itself is not done yet.
    let evals = if partial {
        created.into_iter().filter(|eval| !eval.wait_until.is_never()).collect()
    } else {
        let mut evals = created;
        evals.insert(0, eval);
        evals
    };
    let committed = plan.placements.iter().map(|run| count(run.placements.len())).sum();
    let result =
        PlanResult { rejected: trim.by_node, repaired: trim.repaired, committed, ..PlanResult::default() };
    Verified { commit: PlanCommit { plan, evals }, after, result, partial }
}

/// What was taken out of a plan.
#[derive(Debug, Default)]
struct Trim {
    /// Position of its run, and the placement.
    rejected: Vec<(usize, Placement)>,
    by_node: BTreeMap<NodeId, u32>,
    dropped: u32,
    repaired: u32,
}

impl Trim {
    fn reject(&mut self, run: usize, placement: Placement) {
        *self.by_node.entry(placement.node).or_default() += 1;
        self.dropped += 1;
        self.rejected.push((run, placement));
    }

    /// Takes out what the status of its node forbids.
    fn drop_unusable(&mut self, state: &State, plan: &mut Plan) {
        for (run, placements) in plan.placements.iter_mut().map(|run| &mut run.placements).enumerate() {
            let all = std::mem::take(placements);
            for placement in all {
                if state.node(placement.node).is_some_and(|node| node.is_ready()) {
                    placements.push(placement);
                } else {
                    self.reject(run, placement);
                }
            }
        }
        plan.updates.retain(|update| {
            let keep = may_update(state, update);
            self.dropped += u32::from(!keep);
            keep
        });
    }

    /// Takes the placements of crowded nodes out and puts back, one by one, those that fit.
    fn drop_crowded(
        &mut self,
        state: &State,
        now: Timestamp,
        plan: &mut Plan,
        crowded: &BTreeSet<NodeId>,
        fits: Fits,
    ) {
        let mut open = Vec::new();
        for (run, placements) in plan.placements.iter_mut().map(|run| &mut run.placements).enumerate() {
            let all = std::mem::take(placements);
            for placement in all {
                if crowded.contains(&placement.node) {
                    open.push((run, placement));
                } else {
                    placements.push(placement);
                }
            }
        }
        let base = carry_out(state, now, plan);
        // Nodes that do not fit even without new allocations are crowded by updates in place.
        let blame: BTreeSet<NodeId> = crowded.iter().copied().filter(|node| !fits(&base, *node)).collect();
        if !blame.is_empty() {
            plan.updates.retain(|update| {
                let keep = state.alloc(update.id).is_none_or(|alloc| !blame.contains(&alloc.node));
                self.dropped += u32::from(!keep);
                keep
            });
        }
        let mut trial = carry_out(state, now, plan);
        for (run, placement) in open {
            let next = carry_out(&trial, now, &single(plan, run, placement.clone()));
            if fits(&next, placement.node) {
                trial = next;
                plan.placements[run].placements.push(placement);
            } else {
                self.reject(run, placement);
            }
        }
    }

    /// Gives rejected placements to the first runner-up that has room. One with ports, cores or devices cannot
    /// move: what it was given belongs to its node.
    fn repair(&mut self, state: &State, now: Timestamp, plan: &mut Plan, after: &mut State, fits: Fits) {
        let mut left = Vec::new();
        for (run, mut placement) in std::mem::take(&mut self.rejected) {
            let origin = placement.node;
            let bound = !placement.assigned.ports.is_empty()
                || placement.assigned.exclusive.is_some()
                || placement.rare.as_ref().is_some_and(|rare| !rare.preempted.is_empty());
            let candidates = if bound { Vec::new() } else { std::mem::take(&mut placement.runners_up) };
            let taken = candidates.into_iter().find_map(|node| {
                let usable = node != origin && state.node(node).is_some_and(|node| node.is_ready());
                if !usable {
                    return None;
                }
                placement.node = node;
                let next = carry_out(after, now, &single(plan, run, placement.clone()));
                fits(&next, node).then_some(next)
            });
            if let Some(next) = taken {
                *after = next;
                self.repaired += 1;
                self.dropped -= 1;
                self.forgive(origin);
                plan.placements[run].placements.push(placement);
            } else {
                placement.node = origin;
                left.push((run, placement));
            }
        }
        self.rejected = left;
    }

    fn forgive(&mut self, node: NodeId) {
        if let Some(count) = self.by_node.get_mut(&node) {
            *count -= 1;
            if *count == 0 {
                self.by_node.remove(&node);
            }
        }
    }

    /// Takes out what makes no sense without the dropped placements: evictions that made room for them, and
    /// stops of allocations that they would have replaced.
    fn undo_dependents(&self, plan: &mut Plan, state: &State) {
        let dropped: BTreeSet<AllocId> = self.rejected.iter().map(|(_, placement)| placement.id).collect();
        plan.preemptions.retain(|preemption| !dropped.contains(&preemption.by));
        let replaced: BTreeSet<AllocId> = self
            .rejected
            .iter()
            .filter_map(|(_, placement)| Some(placement.rare.as_ref()?.previous))
            .filter(|previous| state.alloc(*previous).is_some_and(|alloc| !alloc.is_terminal()))
            .collect();
        plan.stops.retain(|stop| {
            let voluntary = matches!(stop.reason, StopReason::Updating | StopReason::Migrating);
            !(voluntary && stop.client.is_none() && replaced.contains(&stop.id))
        });
        if let Some(deployment) = &mut plan.deployment {
            for group in deployment.groups.values_mut() {
                group.placed_canaries.retain(|canary| !dropped.contains(canary));
            }
        }
    }
}

/// Whether an update in place is possible on the node as it is now. What exists may be changed on a node that
/// takes nothing new, but on one that is down only what its absence means can be recorded.
fn may_update(state: &State, update: &InPlaceUpdate) -> bool {
    let Some(alloc) = state.alloc(update.id) else { return false };
    let Some(node) = state.node(alloc.node) else { return false };
    match node.status {
        NodeStatus::Ready | NodeStatus::Init => true,
        NodeStatus::Disconnected | NodeStatus::Down => {
            let absent = matches!(update.client, Some(ClientStatus::Unknown | ClientStatus::Lost));
            absent || update.job_version.is_none()
        }
    }
}

/// The nodes on which a plan adds or changes something; a node that only loses allocations always fits.
fn touched(after: &State, plan: &Plan) -> BTreeSet<NodeId> {
    let placed = plan.placements.iter().flat_map(|run| &run.placements).map(|placement| placement.node);
    let updated = plan
        .updates
        .iter()
        .filter(|update| update.job_version.is_some() || update.client.is_some())
        .filter_map(|update| Some(after.alloc(update.id)?.node));
    placed.chain(updated).collect()
}

/// A copy of the state with the plan carried out.
pub(crate) fn carry_out(state: &State, now: Timestamp, plan: &Plan) -> State {
    let commit = PlanCommit { plan: plan.clone(), evals: Vec::new() };
    carry_out_all(state, now, vec![commit])
}

/// A copy of the state with the commits carried out as one entry.
pub(crate) fn carry_out_all(state: &State, now: Timestamp, commits: Vec<PlanCommit>) -> State {
    let mut after = state.clone();
    let next = after.index.saturating_sub(after.base).saturating_add(1);
    after.apply(next, &Entry { now, command: Command::ApplyPlans(commits) });
    after
}

/// The plan with one placement and nothing else.
fn single(plan: &Plan, run: usize, placement: Placement) -> Plan {
    let source = &plan.placements[run];
    let mut single = empty(plan);
    single.placements = vec![model::PlacementRun {
        job_version: source.job_version,
        group: source.group.clone(),
        deployment: source.deployment,
        pass: model::PassMetrics::default(),
        placements: vec![placement],
    }];
    single
}

/// The plan's head: it changes nothing.
pub(crate) fn empty(plan: &Plan) -> Plan {
    Plan {
        eval: plan.eval,
        priority: plan.priority,
        job: plan.job.clone(),
        all_at_once: plan.all_at_once,
        snapshot_index: plan.snapshot_index,
        stops: Vec::new(),
        preemptions: Vec::new(),
        placements: Vec::new(),
        updates: Vec::new(),
        deployment: None,
        deployment_updates: Vec::new(),
        annotations: None,
    }
}

fn clear(plan: &mut Plan) {
    *plan = empty(plan);
}

/// Leaves out what nobody reads after the commit.
fn strip(plan: &mut Plan) {
    plan.placements.retain(|run| !run.placements.is_empty());
    for placement in plan.placements.iter_mut().flat_map(|run| &mut run.placements) {
        placement.runners_up = Vec::new();
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
