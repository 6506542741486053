//! Requests about allocations: stop one, store what clients report.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::link::MAX_UPDATES;
use model::{
    Alloc, AllocId, AllocTransition, AllocUpdate, ClientStatus, DesiredStatus, EvalId, EvalTrigger, Job,
    JobKind, NodeId, Timestamp,
};
use state::{Command, State};

use super::RequestError;
use super::job::eval_of;
use crate::token::EvalIds;

/// An allocation to stop and to place anew.
#[derive(Debug, Clone, Copy)]
pub struct StopAlloc {
    /// The allocation.
    pub id: AllocId,
    /// Stops its tasks without waiting for the shutdown delay.
    pub no_shutdown_delay: bool,
    /// Counts it as a reschedule.
    pub reschedule: bool,
    /// Id for the evaluation.
    pub eval: EvalId,
}

/// The command that stops an allocation, so that its job places another.
///
/// # Errors
/// The allocation is not there.
pub fn stop_alloc(state: &State, now: Timestamp, request: StopAlloc) -> Result<Command, RequestError> {
    let alloc = state.alloc(request.id).ok_or(RequestError::AllocNotFound(request.id))?;
    let transition = AllocTransition {
        migrate: Some(true),
        reschedule: request.reschedule.then_some(true),
        no_shutdown_delay: request.no_shutdown_delay.then_some(true),
        ..AllocTransition::default()
    };
    let eval = eval_of(now, request.eval, current(state, alloc), EvalTrigger::AllocStop);
    Ok(Command::SetAllocTransitions { transitions: vec![(request.id, transition)], evals: vec![eval] })
}

/// The command that stores what the client of `node` reports, with the evaluations that follow: at most one per
/// job. Reports about allocations of other nodes, or that are gone, are dropped.
///
/// # Errors
/// The message carries more reports than are allowed.
pub fn update_allocs(
    state: &State,
    now: Timestamp,
    ids: &mut EvalIds,
    node: NodeId,
    updates: Vec<AllocUpdate>,
) -> Result<Command, RequestError> {
    if updates.len() > MAX_UPDATES {
        return Err(RequestError::TooManyUpdates { got: updates.len(), limit: MAX_UPDATES });
    }
    let updates = updates.into_iter().map(|update| (node, update)).collect();
    Ok(merge_updates(state, now, ids, updates))
}

/// The command that stores reports of several clients, each with its node.
pub(crate) fn merge_updates(
    state: &State,
    now: Timestamp,
    ids: &mut EvalIds,
    updates: Vec<(NodeId, AllocUpdate)>,
) -> Command {
    let mut triggers = BTreeMap::new();
    let mut kept = Vec::with_capacity(updates.len());
    for (node, update) in updates {
        let Some(alloc) = state.alloc(update.id).filter(|alloc| alloc.node == node) else { continue };
        if let Some(trigger) = trigger(state, alloc, &update) {
            let job = Arc::clone(current(state, alloc));
            triggers.entry(alloc.job_key()).or_insert((job, trigger));
        }
        kept.push(update);
    }
    let evals =
        triggers.into_values().map(|(job, trigger)| eval_of(now, ids.next_id(), &job, trigger)).collect();
    Command::UpdateAllocs { updates: kept, evals }
}

/// Why a report makes its job be looked at again, if it does.
fn trigger(state: &State, alloc: &Alloc, update: &AllocUpdate) -> Option<EvalTrigger> {
    if alloc.client == ClientStatus::Unknown && update.status != ClientStatus::Unknown {
        return Some(EvalTrigger::Reconnect);
    }
    if !update.status.is_terminal() || alloc.client_terminal() {
        return None;
    }
    let Some(job) = state.job(&alloc.job_key()) else {
        return Some(EvalTrigger::JobDeregister);
    };
    let replaced = !alloc.followup_eval.is_none() || !alloc.next.is_none();
    if alloc.desired != DesiredStatus::Run || replaced || job.stopped() {
        return None;
    }
    let ended = match update.status {
        ClientStatus::Failed => may_move(alloc),
        // A service has no end of its own: the state that wants it was restored after the task was stopped.
        ClientStatus::Complete => job.kind() == JobKind::Service,
        ClientStatus::Pending | ClientStatus::Running | ClientStatus::Lost | ClientStatus::Unknown => false,
    };
    ended.then_some(EvalTrigger::AllocFailure)
}

/// Whether its group's policy lets a failed allocation move at all. System jobs have no such policy.
fn may_move(alloc: &Alloc) -> bool {
    let policy = alloc.task_group().and_then(|group| group.reschedule.as_ref());
    policy.is_some_and(|policy| policy.unlimited || policy.attempts > 0)
}

fn current<'a>(state: &'a State, alloc: &'a Alloc) -> &'a Arc<Job> {
    state.job(&alloc.job_key()).unwrap_or(&alloc.job)
}
