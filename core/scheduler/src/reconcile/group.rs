//! One group, step by step: what it has is sorted, what is too much stops, what is missing is placed.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::{Alloc, AllocId, DeploymentGroup, EvalId, Name, Nanos, StopReason, TaskGroup, Timestamp, Update};

use super::canary::clean_up;
use super::difference::needs_replacement;
use super::disconnect::{mark_unknown, reconnect};
use super::excess::Excess;
use super::followup::Followups;
use super::names::Names;
use super::outcome::{GroupOutcome, Note, Place, Stop};
use super::place::{Wanted, version};
use super::reschedule::{Sorted, sort, sort_disconnecting};
use super::scope::Scope;
use super::taint::{Class, classify, replaces};

/// The allocations of a group by what is done with them.
#[derive(Debug, Clone, Default)]
struct Kinds {
    untainted: Vec<Arc<Alloc>>,
    migrate: Vec<Arc<Alloc>>,
    lost: Vec<Arc<Alloc>>,
    now: Vec<Arc<Alloc>>,
    later: Vec<(Timestamp, Arc<Alloc>)>,
}

/// What updates do with the allocations that stay.
#[derive(Debug, Clone, Default)]
struct Updates {
    destructive: Vec<Arc<Alloc>>,
    in_place: Vec<Arc<Alloc>>,
}

/// Reconciles one group. `can_stay` says whether an allocation could be updated where it runs.
pub(crate) fn reconcile_group(
    scope: &Scope<'_>,
    name: Name,
    allocs: Vec<Arc<Alloc>>,
    followups: &mut Followups<'_>,
    can_stay: &mut dyn FnMut(&Alloc, &TaskGroup) -> bool,
) -> GroupOutcome {
    let mut outcome = GroupOutcome::new(name);
    let group = scope.job.group(&outcome.group).filter(|group| group.count > 0 && !scope.job.stop);
    let Some(group) = group else {
        stop_all(scope, &mut outcome, allocs);
        return outcome;
    };
    let had_version = allocs.iter().any(|alloc| is_current(scope, alloc));
    let mut state = deployment_state(scope, group);
    let mut allocs = remembered(scope, &mut outcome, allocs);
    let canaries = clean_up(scope, &mut outcome, &state, &mut allocs);
    let mut kinds = sort_kinds(scope, &mut outcome, followups, allocs);
    let delayed = stop_lost(scope, &mut outcome, followups, &kinds.lost);
    note_later(&mut outcome, followups, std::mem::take(&mut kinds.later));

    let count = usize::try_from(group.count).unwrap_or(0);
    let mut names = Names::new(u32::try_from(count).unwrap_or(u32::MAX), indexes(&kinds));
    let canarying = state.desired_canaries > 0 && !state.promoted;
    Excess {
        untainted: &mut kinds.untainted,
        migrate: &mut kinds.migrate,
        canaries: &canaries,
        canarying,
        count,
    }
    .stop(&mut outcome, &mut names);
    let updates = sort_updates(scope, group, &mut outcome, &kinds.untainted, can_stay);

    let missing = missing_canaries(group, &state, &updates, &canaries);
    if missing > 0 {
        state.desired_canaries =
            update_of(group).map_or(0, |update| u32::try_from(update.canary).unwrap_or(0));
        place_canaries(scope, &mut outcome, &mut names, &updates, &kinds.untainted, &canaries, missing);
    }
    let canarying = state.desired_canaries > 0 && !state.promoted;
    let limit = limit(scope, group, &kinds, &updates, canarying, count);
    let settled = |alloc: &&Arc<Alloc>| !(canarying && canaries.contains(&alloc.id));
    let existing = kinds.untainted.iter().filter(settled).count() + kinds.migrate.len();
    let wanted = Wanted { count, existing, reschedule: &kinds.now, lost: &kinds.lost, canarying };
    let place =
        if delayed { Vec::new() } else { wanted.placements(scope, &outcome.group.clone(), &mut names) };
    let ready = !scope.paused() && !scope.failed() && !canarying;
    let left = limit.saturating_sub(if ready { place.len() } else { 0 });
    admit(scope, &mut outcome, place, ready);
    destroy(&mut outcome, &updates, if ready { left } else { 0 });
    migrate(scope, &mut outcome, &kinds.migrate, canarying);
    truncate(&mut outcome, count);

    outcome.desired.in_place_update += updates.in_place.len() as u64;
    let changes = !updates.destructive.is_empty() || !updates.in_place.is_empty();
    outcome.in_place = updates.in_place;
    let deploys = update_of(group).is_some() && !scope.batch && state.desired_total > 0;
    if scope.deployment.is_none() && deploys && (!had_version || changes) {
        outcome.deployment = Some(state.clone());
    }
    outcome.complete = is_complete(&outcome, &state, &kinds.now, missing, updates.destructive.len());
    outcome
}

fn update_of(group: &TaskGroup) -> Option<&Update> {
    group.update.as_ref().filter(|update| update.max_parallel > 0)
}

fn is_current(scope: &Scope<'_>, alloc: &Alloc) -> bool {
    alloc.job.version == scope.job.version && alloc.job.create_index == scope.job.create_index
}

/// The allocations that count. What an older version of a batch job ran is ignored.
fn remembered(scope: &Scope<'_>, outcome: &mut GroupOutcome, allocs: Vec<Arc<Alloc>>) -> Vec<Arc<Alloc>> {
    let allocs = allocs.into_iter().filter(|alloc| is_remembered(scope, alloc));
    let (old, kept): (Vec<_>, Vec<_>) =
        allocs.partition(|alloc| scope.batch && alloc.is_terminal() && !is_current(scope, alloc));
    outcome.desired.ignore += old.len() as u64;
    kept
}

/// Allocations that the server is done with are forgotten; finished batch work is remembered.
fn is_remembered(scope: &Scope<'_>, alloc: &Alloc) -> bool {
    !alloc.desired.is_terminal() || (scope.batch && !alloc.transition().should_reschedule())
}

/// Stops every allocation that is not over.
fn stop_all(scope: &Scope<'_>, outcome: &mut GroupOutcome, allocs: Vec<Arc<Alloc>>) {
    for alloc in allocs.into_iter().filter(|alloc| !alloc.is_terminal()) {
        let lost = classify(scope.snapshot, &alloc, scope.now) == Class::Lost;
        outcome.desired.stop += 1;
        outcome.stops.push(if lost { Stop::lost(alloc) } else { Stop::new(alloc, StopReason::NotNeeded) });
    }
    outcome.complete = true;
}

/// The group's state in the current deployment, or in the one that may begin.
fn deployment_state(scope: &Scope<'_>, group: &TaskGroup) -> DeploymentGroup {
    let current = scope.deployment.as_ref().and_then(|deployment| deployment.groups.get(group.name.as_str()));
    if let Some(state) = current {
        return state.clone();
    }
    let mut state = DeploymentGroup::default();
    if let Some(update) = update_of(group) {
        state.auto_revert = update.auto_revert;
        state.auto_promote = update.auto_promote;
        state.progress_deadline = update.progress_deadline;
        state.desired_total = u32::try_from(group.count).unwrap_or(0);
    }
    state
}

fn sort_kinds(
    scope: &Scope<'_>,
    outcome: &mut GroupOutcome,
    followups: &mut Followups<'_>,
    allocs: Vec<Arc<Alloc>>,
) -> Kinds {
    let mut kinds = Kinds::default();
    let (mut disconnecting, mut reconnecting) = (Vec::new(), Vec::new());
    for alloc in allocs {
        match classify(scope.snapshot, &alloc, scope.now) {
            Class::Untainted => kinds.untainted.push(alloc),
            Class::Migrate => kinds.migrate.push(alloc),
            Class::Lost => kinds.lost.push(alloc),
            Class::Disconnecting => disconnecting.push(alloc),
            Class::Reconnecting => reconnecting.push(alloc),
            Class::Ignore => outcome.desired.ignore += 1,
        }
    }
    let Sorted { stay, now, later } = sort(scope, std::mem::take(&mut kinds.untainted));
    (kinds.untainted, kinds.now, kinds.later) = (stay, now, later);
    if !reconnecting.is_empty() {
        let back = reconnect(scope, outcome, reconnecting, &mut kinds.untainted);
        kinds.untainted.extend(back);
    }
    if !disconnecting.is_empty() {
        let (replaced, kept): (Vec<_>, Vec<_>) =
            disconnecting.iter().cloned().partition(|alloc| replaces(alloc.task_group()));
        let moved = sort_disconnecting(scope, replaced);
        mark_unknown(scope, outcome, followups, disconnecting);
        outcome.desired.reschedule_now += moved.now.len() as u64;
        kinds.untainted.extend(moved.stay);
        kinds.untainted.extend(kept);
        kinds.now.extend(moved.now);
        kinds.later.extend(moved.later);
    }
    kinds
}

/// Stops lost allocations. True when replacements have to wait until clients stopped them themselves.
fn stop_lost(
    scope: &Scope<'_>,
    outcome: &mut GroupOutcome,
    followups: &mut Followups<'_>,
    lost: &[Arc<Alloc>],
) -> bool {
    let mut waits: Vec<(Timestamp, AllocId)> = Vec::new();
    for alloc in lost {
        let group = alloc.task_group();
        let span = group
            .and_then(|group| group.disconnect.as_ref())
            .and_then(|disconnect| disconnect.stop_on_client_after);
        let Some(span) = span.filter(|span| span.0 > 0) else { continue };
        let kill = group.into_iter().flat_map(|group| &group.tasks).map(|task| task.kill_timeout).max();
        waits.push((scope.now + span + kill.unwrap_or(Nanos::ZERO), alloc.id));
    }
    waits.sort_unstable();
    let times: Vec<Timestamp> = waits.iter().map(|wait| wait.0).collect();
    let ids = followups.stopped_by_client(&times);
    let followup =
        |id: AllocId| waits.iter().position(|wait| wait.1 == id).map_or(EvalId::NONE, |at| ids[at]);
    outcome.desired.stop += lost.len() as u64;
    outcome.stops.extend(
        lost.iter().map(|alloc| Stop { followup: followup(alloc.id), ..Stop::lost(Arc::clone(alloc)) }),
    );
    !waits.is_empty()
}

/// Notes on failed allocations which evaluation will move them.
fn note_later(
    outcome: &mut GroupOutcome,
    followups: &mut Followups<'_>,
    mut later: Vec<(Timestamp, Arc<Alloc>)>,
) {
    later.sort_by_key(|(at, alloc)| (*at, alloc.id));
    let times: Vec<Timestamp> = later.iter().map(|entry| entry.0).collect();
    let ids = followups.reschedule(&times);
    outcome.desired.reschedule_later += later.len() as u64;
    for ((_, alloc), followup) in later.into_iter().zip(ids) {
        if let Some(note) = outcome.notes.iter_mut().find(|note| note.alloc.id == alloc.id) {
            note.followup = followup;
            continue;
        }
        outcome.notes.push(Note { alloc, client: None, state: None, followup, reason: StopReason::None });
    }
}

fn indexes(kinds: &Kinds) -> impl Iterator<Item = u32> {
    let all = kinds.untainted.iter().chain(&kinds.migrate).chain(&kinds.now).chain(&kinds.lost);
    all.map(|alloc| alloc.index)
}

fn sort_updates(
    scope: &Scope<'_>,
    group: &TaskGroup,
    outcome: &mut GroupOutcome,
    untainted: &[Arc<Alloc>],
    can_stay: &mut dyn FnMut(&Alloc, &TaskGroup) -> bool,
) -> Updates {
    let mut updates = Updates::default();
    for alloc in untainted {
        let same = alloc.job.job_modify_index == scope.job.job_modify_index
            && alloc.job.create_index == scope.job.create_index
            && alloc.job.version == scope.job.version;
        if same || (scope.batch && alloc.ran_successfully()) {
            outcome.desired.ignore += 1;
        } else if needs_replacement(&alloc.job, scope.job, &group.name) || !can_stay(alloc, group) {
            updates.destructive.push(Arc::clone(alloc));
        } else {
            updates.in_place.push(Arc::clone(alloc));
        }
    }
    updates.destructive.sort_by_key(|alloc| (alloc.index, alloc.id));
    updates
}

/// How many canaries are still to be placed.
fn missing_canaries(
    group: &TaskGroup,
    state: &DeploymentGroup,
    updates: &Updates,
    canaries: &BTreeSet<AllocId>,
) -> usize {
    let Some(update) = update_of(group) else { return 0 };
    let wanted = usize::try_from(update.canary).unwrap_or(0);
    if updates.destructive.is_empty() || state.promoted { 0 } else { wanted.saturating_sub(canaries.len()) }
}

fn place_canaries(
    scope: &Scope<'_>,
    outcome: &mut GroupOutcome,
    names: &mut Names,
    updates: &Updates,
    untainted: &[Arc<Alloc>],
    canaries: &BTreeSet<AllocId>,
    missing: usize,
) {
    if scope.paused() || scope.failed() {
        return;
    }
    let existing =
        untainted.iter().filter(|alloc| canaries.contains(&alloc.id)).map(|alloc| alloc.index).collect();
    let replaced = updates.destructive.iter().map(|alloc| alloc.index).collect();
    outcome.desired.canary += missing as u64;
    outcome.place.extend(names.canaries(missing, &existing, &replaced).into_iter().map(|index| Place {
        index,
        previous: None,
        reschedule: false,
        stop_previous: false,
        lost: false,
        canary: true,
        job: Arc::clone(scope.job),
    }));
}

/// How many allocations may be replaced at once.
fn limit(
    scope: &Scope<'_>,
    group: &TaskGroup,
    kinds: &Kinds,
    updates: &Updates,
    canarying: bool,
    count: usize,
) -> usize {
    let Some(update) =
        update_of(group).filter(|_| !updates.destructive.is_empty() || !kinds.migrate.is_empty())
    else {
        return count;
    };
    let max_parallel = usize::try_from(update.max_parallel).unwrap_or(0);
    let Some(deployment) = &scope.deployment else { return max_parallel };
    if scope.paused() || scope.failed() || canarying {
        return 0;
    }
    let deployed = || kinds.untainted.iter().filter(|alloc| alloc.deployment == deployment.id);
    let health = |alloc: &Alloc| alloc.health.and_then(|health| health.healthy);
    if deployed().any(|alloc| health(alloc) == Some(false)) {
        return 0;
    }
    max_parallel.saturating_sub(deployed().filter(|alloc| health(alloc).is_none()).count())
}

/// Takes placements into the plan: all when the deployment allows it, else only what replaces lost ones and
/// what failed outside of the failed deployment.
fn admit(scope: &Scope<'_>, outcome: &mut GroupOutcome, place: Vec<Place>, ready: bool) {
    let failed = scope.deployment.as_ref().filter(|_| scope.failed());
    for place in place {
        let previous = place.previous.as_ref();
        let of_failed =
            failed.is_some_and(|failed| previous.is_some_and(|alloc| alloc.deployment == failed.id));
        if !(ready || place.lost || (place.reschedule && !of_failed)) {
            continue;
        }
        outcome.desired.place += 1;
        outcome.desired.stop += u64::from(place.stop_previous);
        outcome.place.push(place);
    }
}

fn destroy(outcome: &mut GroupOutcome, updates: &Updates, limit: usize) {
    let now = updates.destructive.len().min(limit);
    outcome.destructive = updates.destructive[..now].to_vec();
    outcome.desired.destructive_update += now as u64;
    outcome.desired.ignore += (updates.destructive.len() - now) as u64;
}

fn migrate(scope: &Scope<'_>, outcome: &mut GroupOutcome, allocs: &[Arc<Alloc>], canarying: bool) {
    outcome.desired.migrate += allocs.len() as u64;
    for alloc in allocs {
        outcome.stops.push(Stop::new(Arc::clone(alloc), StopReason::Migrating));
        let transition = alloc.transition();
        let stops_only = transition.should_reschedule() || transition.migrate_disable_placement == Some(true);
        if scope.batch && stops_only {
            continue;
        }
        let canary = alloc.is_canary();
        outcome.place.push(Place {
            index: alloc.index,
            previous: Some(Arc::clone(alloc)),
            reschedule: false,
            stop_previous: false,
            lost: false,
            canary,
            job: version(scope, &outcome.group, Some(alloc), canarying && !canary),
        });
    }
}

/// Never more placements than the count.
fn truncate(outcome: &mut GroupOutcome, count: usize) {
    if outcome.place.len() > count {
        outcome.place.truncate(count);
    }
}

fn is_complete(
    outcome: &GroupOutcome,
    state: &DeploymentGroup,
    now: &[Arc<Alloc>],
    missing_canaries: usize,
    destructive: usize,
) -> bool {
    let quiet = destructive == 0
        && outcome.in_place.is_empty()
        && outcome.place.is_empty()
        && outcome.desired.migrate == 0
        && now.is_empty()
        && outcome.desired.reschedule_later == 0
        && missing_canaries == 0;
    let healthy = state.healthy >= state.desired_total.max(state.desired_canaries);
    quiet && healthy && (state.desired_canaries == 0 || state.promoted)
}
