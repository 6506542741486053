//! Checks one plan against the state it will be committed on: what no longer holds is dropped or repaired.
//!
//! Whether something fits is decided by [`scheduler::verify`], by the very rule that the plan was made with; a
//! plan made on the state that it is checked against is never trimmed. Here is what surrounds that: updates of
//! allocations whose node changed, canaries that were dropped, and which evaluations are stored.

use std::collections::{BTreeMap, BTreeSet};

use model::{
    AllocId, ClientStatus, Eval, EvalId, EvalTrigger, InPlaceUpdate, NodeStatus, Outcome, Plan, PlanResult,
    Timestamp,
};
use state::State;
use state::apply::PlanCommit;

use crate::request::eval_of;

/// What is left of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    /// What to commit; empty when nothing is left.
    pub commit: PlanCommit,
    /// What was dropped and repaired; indexes and time are filled in by the commit.
    pub result: PlanResult,
    /// Whether anything was dropped.
    pub partial: bool,
}

/// Verifies a plan against `state` and the plans that are being committed on top of it.
#[must_use]
pub fn verify(state: &State, now: Timestamp, in_flight: &[Plan], outcome: Outcome) -> Verified {
    let Outcome { mut plan, eval, created } = outcome;
    plan.annotations = None;
    let wanted = plan.updates.len();
    plan.updates.retain(|update| may_update(state, update));
    let updates_dropped = plan.updates.len() < wanted;
    let checked = scheduler::verify(state, &plan, in_flight);
    let partial = updates_dropped || !checked.is_complete();
    let mut plan = if updates_dropped && plan.all_at_once { empty(&plan) } else { checked.plan };
    if partial {
        prune_canaries(&mut plan);
    }
    strip(&mut plan);
    let mut evals = preempted_jobs(state, now, &plan);
    // What the committed part refers to must exist; a trimmed plan's evaluation is not done yet.
    if partial {
        evals.extend(created.into_iter().filter(|eval| !eval.wait_until.is_never()));
    } else {
        evals.push(eval);
        evals.extend(created);
    }
    let committed = plan.placements.iter().map(|run| run.placements.len()).sum::<usize>();
    let result = PlanResult {
        rejected: checked.rejected,
        repaired: checked.repaired,
        committed: u32::try_from(committed).unwrap_or(u32::MAX),
        ..PlanResult::default()
    };
    Verified { commit: PlanCommit { plan, evals }, result, partial }
}

/// Whether an update in place is possible on the node as it is now. What exists may be changed on a node that
/// takes nothing new, but of one that is away only what its absence means can be recorded.
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

/// Takes canaries out of the plan's deployment that are not among its placements any more.
fn prune_canaries(plan: &mut Plan) {
    let placed: BTreeSet<AllocId> =
        plan.placements.iter().flat_map(|run| &run.placements).map(|placement| placement.id).collect();
    for group in plan.deployment.iter_mut().flat_map(|deployment| deployment.groups.values_mut()) {
        group.placed_canaries.retain(|canary| placed.contains(canary));
    }
}

/// One evaluation for each job that loses allocations to this plan.
fn preempted_jobs(state: &State, now: Timestamp, plan: &Plan) -> Vec<Eval> {
    let mut jobs = BTreeMap::new();
    for alloc in plan.preemptions.iter().filter_map(|preemption| state.alloc(preemption.id)) {
        let key = alloc.job_key();
        if let Some(job) = state.job(&key).filter(|job| !job.stopped()) {
            jobs.insert(key, job);
        }
    }
    let id = |number: u128| EvalId::derive(&[plan.eval.0, u128::from(plan.snapshot_index), number]);
    (1..)
        .zip(jobs.values())
        .map(|(number, job)| eval_of(now, id(number), job, EvalTrigger::Preemption))
        .collect()
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

/// Leaves out what nobody reads after the commit.
fn strip(plan: &mut Plan) {
    plan.placements.retain(|run| !run.placements.is_empty());
    for placement in plan.placements.iter_mut().flat_map(|run| &mut run.placements) {
        placement.runners_up = Vec::new();
    }
}
