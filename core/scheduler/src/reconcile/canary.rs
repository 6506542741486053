//! Canaries: allocations of a new version that run beside the old ones until somebody promotes them.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::{Alloc, AllocId, DeploymentGroup, StopReason};

use super::outcome::{GroupOutcome, Stop};
use super::scope::Scope;
use super::taint::{Class, classify};

/// Stops canaries that are of no use any more and returns those that stand; what was stopped leaves `allocs`.
pub(super) fn clean_up(
    scope: &Scope<'_>,
    outcome: &mut GroupOutcome,
    state: &DeploymentGroup,
    allocs: &mut Vec<Arc<Alloc>>,
) -> BTreeSet<AllocId> {
    let unwanted = unwanted(scope, outcome);
    for alloc in take(allocs, |alloc| unwanted.contains(&alloc.id)) {
        outcome.desired.stop += 1;
        outcome.stops.push(Stop::new(alloc, StopReason::NotNeeded));
    }
    if scope.deployment.is_none() {
        return BTreeSet::new();
    }
    let placed: BTreeSet<AllocId> = state.placed_canaries.iter().copied().collect();
    let mut standing = BTreeSet::new();
    let mut gone = BTreeSet::new();
    for alloc in allocs.iter().filter(|alloc| placed.contains(&alloc.id)) {
        match classify(scope.snapshot, alloc, scope.now) {
            Class::Untainted => {
                standing.insert(alloc.id);
            }
            Class::Migrate => {
                gone.insert(alloc.id);
                outcome.stops.push(Stop::new(Arc::clone(alloc), StopReason::Migrating));
            }
            Class::Lost => {
                gone.insert(alloc.id);
                outcome.stops.push(Stop::lost(Arc::clone(alloc)));
            }
            Class::Disconnecting | Class::Reconnecting | Class::Ignore => {}
        }
    }
    allocs.retain(|alloc| !gone.contains(&alloc.id));
    standing
}

/// Canaries that nobody promoted, of the old deployment and of one that failed.
fn unwanted(scope: &Scope<'_>, outcome: &GroupOutcome) -> BTreeSet<AllocId> {
    let failed = scope.deployment.as_ref().filter(|_| scope.failed());
    let deployments = scope.old_deployment.iter().chain(failed);
    let groups = deployments.filter_map(|deployment| deployment.groups.get(&outcome.group));
    groups.filter(|group| !group.promoted).flat_map(|group| group.placed_canaries.iter().copied()).collect()
}

/// Takes the allocations out that match.
pub(super) fn take(allocs: &mut Vec<Arc<Alloc>>, matches: impl Fn(&Alloc) -> bool) -> Vec<Arc<Alloc>> {
    let (taken, left) = std::mem::take(allocs).into_iter().partition(|alloc| matches(alloc));
    *allocs = left;
    taken
}
