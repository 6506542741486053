//! Which failed allocations move now, which later, and which stay as they are.

use std::sync::Arc;

use model::{Alloc, ClientStatus, DesiredStatus, Nanos, Timestamp};

use super::delay::{ended_at, next_move};
use super::scope::Scope;

/// A move that is due within this time is made now.
const SOON: Nanos = Nanos::from_secs(1);

/// Allocations by what rescheduling does with them.
#[derive(Debug, Clone, Default)]
pub(super) struct Sorted {
    pub(super) stay: Vec<Arc<Alloc>>,
    pub(super) now: Vec<Arc<Alloc>>,
    /// Also among those that stay.
    pub(super) later: Vec<(Timestamp, Arc<Alloc>)>,
}

/// What is done with an allocation before its delay is looked at.
enum First {
    Stay,
    Ignore,
    Candidate,
}

/// Sorts allocations by what rescheduling does with them.
pub(super) fn sort(scope: &Scope<'_>, allocs: Vec<Arc<Alloc>>) -> Sorted {
    let mut sorted = Sorted::default();
    for alloc in allocs {
        if alloc.is_terminal() && !alloc.next.is_none() {
            continue;
        }
        match if scope.batch { first_of_batch(&alloc) } else { first_of_service(&alloc) } {
            First::Ignore => {}
            First::Stay => sorted.stay.push(alloc),
            First::Candidate => {
                let failed = ended_at(&alloc);
                decide(scope, &mut sorted, alloc, failed);
            }
        }
    }
    sorted
}

/// Sorts allocations whose client went away now.
pub(super) fn sort_disconnecting(scope: &Scope<'_>, allocs: Vec<Arc<Alloc>>) -> Sorted {
    let mut sorted = Sorted::default();
    for alloc in allocs {
        decide(scope, &mut sorted, alloc, scope.now);
    }
    sorted
}

fn first_of_batch(alloc: &Alloc) -> First {
    let transition = alloc.transition();
    if transition.migrate_disable_placement == Some(true) {
        return First::Stay;
    }
    if transition.should_reschedule() {
        return First::Candidate;
    }
    match alloc.desired {
        DesiredStatus::Stop if alloc.ran_successfully() => First::Stay,
        DesiredStatus::Stop if last_attempt_failed(alloc) => First::Candidate,
        DesiredStatus::Stop | DesiredStatus::Evict => First::Ignore,
        DesiredStatus::Run if alloc.client == ClientStatus::Failed => First::Candidate,
        DesiredStatus::Run => First::Stay,
    }
}

fn first_of_service(alloc: &Alloc) -> First {
    match alloc.desired {
        DesiredStatus::Stop | DesiredStatus::Evict if last_attempt_failed(alloc) => return First::Candidate,
        DesiredStatus::Stop | DesiredStatus::Evict => return First::Ignore,
        DesiredStatus::Run => {}
    }
    match alloc.client {
        ClientStatus::Complete | ClientStatus::Lost => First::Ignore,
        ClientStatus::Failed => First::Candidate,
        ClientStatus::Pending | ClientStatus::Running | ClientStatus::Unknown => {
            if alloc.transition().should_reschedule() { First::Candidate } else { First::Stay }
        }
    }
}

fn last_attempt_failed(alloc: &Alloc) -> bool {
    alloc.reschedule().is_some_and(|tracker| tracker.last_failed)
}

/// Looks at the deployment, the delay and the attempts.
fn decide(scope: &Scope<'_>, sorted: &mut Sorted, alloc: Arc<Alloc>, failed: Timestamp) {
    let transition = alloc.transition();
    let deployment = scope.deployment.as_ref().filter(|deployment| deployment.id == alloc.deployment);
    let deploying = deployment.is_some_and(|deployment| deployment.status.is_active());
    if deploying && !transition.should_reschedule() {
        sorted.stay.push(alloc);
        return;
    }
    if transition.force_reschedule == Some(true) {
        sorted.now.push(alloc);
        return;
    }
    let next = next_move(&alloc, failed);
    // The delay before a move that found no room has been served already.
    let due = alloc.followup_eval == scope.eval.id
        || next.at.since(scope.now) <= SOON
        || last_attempt_failed(&alloc);
    if next.eligible && due {
        sorted.now.push(alloc);
        return;
    }
    let awaited = scope.snapshot.eval(alloc.followup_eval).is_some_and(|eval| !eval.status.is_terminal());
    if next.eligible && !awaited {
        sorted.later.push((next.at, Arc::clone(&alloc)));
    }
    sorted.stay.push(alloc);
}
