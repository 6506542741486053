//! Clients that went away and clients that came back.

use std::cmp::Ordering;
use std::sync::Arc;

use model::{Alloc, AllocState, ClientStatus, DesiredStatus, EvalId, Nanos, RunState, StopReason, Timestamp};

use super::followup::Followups;
use super::outcome::{GroupOutcome, Note, Stop};
use super::scope::Scope;
use super::taint::lost_after;

/// Marks allocations of clients that went away, with evaluations that give them up in time.
pub(super) fn mark_unknown(
    scope: &Scope<'_>,
    outcome: &mut GroupOutcome,
    followups: &mut Followups<'_>,
    mut allocs: Vec<Arc<Alloc>>,
) {
    let due = |alloc: &Alloc| scope.now + lost_after(alloc.task_group()).unwrap_or(Nanos::ZERO);
    allocs.sort_by_key(|alloc| (due(alloc), alloc.id));
    let times: Vec<Timestamp> = allocs.iter().map(|alloc| due(alloc)).collect();
    let ids = followups.disconnect(&times);
    outcome.desired.disconnect += allocs.len() as u64;
    for (alloc, followup) in allocs.into_iter().zip(ids) {
        let state = AllocState { status: ClientStatus::Unknown, time: scope.now };
        outcome.notes.push(Note {
            alloc,
            client: Some(ClientStatus::Unknown),
            state: Some(state),
            followup,
            reason: StopReason::Unknown,
        });
    }
}

/// Decides between allocations that came back and their replacements. Returns those that came back and stay;
/// replacements that go are taken out of `others`.
pub(super) fn reconnect(
    scope: &Scope<'_>,
    outcome: &mut GroupOutcome,
    reconnecting: Vec<Arc<Alloc>>,
    others: &mut Vec<Arc<Alloc>>,
) -> Vec<Arc<Alloc>> {
    let mut kept = Vec::new();
    for alloc in reconnecting {
        if alloc.client == ClientStatus::Failed {
            let stop =
                Stop { client: Some(ClientStatus::Failed), ..Stop::new(alloc, StopReason::Rescheduled) };
            stop_counted(outcome, stop);
            continue;
        }
        if is_outdated(scope, &alloc) {
            stop_counted(outcome, Stop::new(alloc, StopReason::NotNeeded));
            continue;
        }
        let replacements: Vec<Arc<Alloc>> =
            others.iter().filter(|other| replaces(scope, other, &alloc)).cloned().collect();
        if replacements.iter().any(|replacement| keeps_replacement(&alloc, replacement)) {
            stop_counted(outcome, Stop::new(alloc, StopReason::NotNeeded));
            continue;
        }
        others.retain(|other| replacements.iter().all(|gone| gone.id != other.id));
        for replacement in replacements {
            stop_counted(outcome, Stop::new(replacement, StopReason::Reconnected));
        }
        outcome.desired.reconnect += 1;
        let state = AllocState { status: alloc.client, time: scope.now };
        outcome.notes.push(Note {
            alloc: Arc::clone(&alloc),
            client: None,
            state: Some(state),
            followup: EvalId::NONE,
            reason: StopReason::None,
        });
        kept.push(alloc);
    }
    kept
}

fn stop_counted(outcome: &mut GroupOutcome, stop: Stop) {
    outcome.desired.stop += 1;
    outcome.stops.push(stop);
}

fn is_outdated(scope: &Scope<'_>, alloc: &Alloc) -> bool {
    let transition = alloc.transition();
    alloc.desired != DesiredStatus::Run
        || transition.should_migrate()
        || transition.should_reschedule()
        || transition.force_reschedule == Some(true)
        || alloc.job.version < scope.job.version
        || alloc.job.create_index < scope.job.create_index
}

/// Whether `other` replaces `alloc`, directly or through others that ended.
fn replaces(scope: &Scope<'_>, other: &Alloc, alloc: &Alloc) -> bool {
    if other.is_terminal() || other.id == alloc.id {
        return false;
    }
    let mut previous = other.previous;
    for _ in 0..16 {
        if previous == alloc.id {
            return true;
        }
        let Some(before) = scope.snapshot.alloc(previous) else { return false };
        previous = before.previous;
    }
    false
}

/// Whether the replacement stays and the one that came back goes.
fn keeps_replacement(alloc: &Alloc, replacement: &Alloc) -> bool {
    if replacement.job.version > alloc.job.version || replacement.job.create_index > alloc.job.create_index {
        return true;
    }
    let disconnect = alloc.task_group().and_then(|group| group.disconnect.as_ref());
    match disconnect.map_or("", |disconnect| disconnect.reconcile.as_str()) {
        "keep_original" => false,
        "keep_replacement" => true,
        "longest_running" => started(replacement) < started(alloc),
        _ => {
            let better = best_score(replacement).total_cmp(&best_score(alloc)) == Ordering::Greater;
            let runs = |alloc: &Alloc| alloc.client == ClientStatus::Running;
            better && (runs(replacement) || !runs(alloc))
        }
    }
}

fn best_score(alloc: &Alloc) -> f64 {
    alloc.metrics.scores.iter().map(|score| score.score).fold(0.0, f64::max)
}

/// When its leader, or else its first task, started; the far future when nothing runs.
fn started(alloc: &Alloc) -> Timestamp {
    let leader = alloc.task_group().and_then(|group| group.tasks.iter().find(|task| task.leader));
    let leader = leader
        .and_then(|task| alloc.tasks.get(task.name.as_str()))
        .filter(|state| state.state == RunState::Running);
    let running = alloc.tasks.values().filter(|state| state.state == RunState::Running);
    let first = running.map(|state| state.started_at).min();
    leader.map(|state| state.started_at).or(first).unwrap_or(Timestamp(i64::MAX))
}
