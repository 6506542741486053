//! What has to be placed, and under which version of the job.

use std::sync::Arc;

use model::{Alloc, Job};

use super::names::Names;
use super::outcome::Place;
use super::scope::Scope;

/// Where the allocations to place come from.
pub(super) struct Wanted<'a> {
    pub(super) count: usize,
    /// Allocations that stay or move, canaries that are not counted left out.
    pub(super) existing: usize,
    pub(super) reschedule: &'a [Arc<Alloc>],
    pub(super) lost: &'a [Arc<Alloc>],
    pub(super) canarying: bool,
}

impl Wanted<'_> {
    /// One for each that is rescheduled, then for lost ones, then new names, up to the count.
    pub(super) fn placements(&self, scope: &Scope<'_>, group: &str, names: &mut Names) -> Vec<Place> {
        let mut place: Vec<Place> =
            self.reschedule.iter().map(|alloc| self.replacing(scope, group, alloc, false)).collect();
        let mut existing = self.existing + self.reschedule.len();
        for alloc in self.lost {
            if existing >= self.count {
                break;
            }
            existing += 1;
            place.push(self.replacing(scope, group, alloc, true));
        }
        let missing = self.count.saturating_sub(existing);
        let job = version(scope, group, None, self.canarying);
        place.extend(names.next(missing).into_iter().map(|index| Place {
            index,
            previous: None,
            reschedule: false,
            stop_previous: false,
            lost: false,
            canary: false,
            job: Arc::clone(&job),
        }));
        place
    }

    fn replacing(&self, scope: &Scope<'_>, group: &str, alloc: &Arc<Alloc>, lost: bool) -> Place {
        let canary = alloc.is_canary();
        Place {
            index: alloc.index,
            previous: Some(Arc::clone(alloc)),
            reschedule: !lost,
            stop_previous: !lost && alloc.client_terminal(),
            lost,
            canary,
            job: version(scope, group, Some(alloc), self.canarying && !canary),
        }
    }
}

/// The version that an allocation runs: the newest, or, beside canaries, the last one that was promoted.
pub(super) fn version(scope: &Scope<'_>, group: &str, previous: Option<&Alloc>, downgrade: bool) -> Arc<Job> {
    if !downgrade {
        return Arc::clone(scope.job);
    }
    let deployments = scope.snapshot.deployments_of_job(&scope.eval.job).filter(|deployment| {
        let state = deployment.groups.get(group);
        deployment.job_create_index == scope.job.create_index
            && state.is_some_and(|state| state.promoted || state.desired_canaries == 0)
    });
    let promoted =
        deployments.max_by_key(|deployment| deployment.job_version).map(|deployment| deployment.job_version);
    let stored = |version: u64| scope.snapshot.job_version(&scope.eval.job, version).cloned();
    if let Some(job) = promoted.and_then(stored) {
        return job;
    }
    let plain = previous.filter(|alloc| alloc.task_group().is_some_and(|group| group.update.is_none()));
    plain.map_or_else(|| Arc::clone(scope.job), |alloc| Arc::clone(&alloc.job))
}
