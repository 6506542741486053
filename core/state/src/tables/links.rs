//! What belongs to a job: its allocations, evaluations and deployments, with the two counts that its status
//! follows from.

use std::cmp::Ordering;

use equivalent::{Comparable, Equivalent};
use imbl::OrdSet;
use model::{AllocId, DeploymentId, EvalId, Job, JobKey};

use crate::State;

/// What belongs to a job, whether or not the job itself still exists.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct JobLinks {
    pub(crate) allocs: OrdSet<AllocId>,
    pub(crate) evals: OrdSet<EvalId>,
    pub(crate) deployments: OrdSet<DeploymentId>,
    /// Allocations that neither side is done with.
    pub(crate) live: u32,
    /// Evaluations that are not terminal.
    pub(crate) open_evals: u32,
}

impl JobLinks {
    pub(crate) fn is_empty(&self) -> bool {
        self.allocs.is_empty() && self.evals.is_empty() && self.deployments.is_empty()
    }
}

/// A job key that borrows its parts, to look one up without making one.
struct KeyRef<'a> {
    namespace: &'a str,
    id: &'a str,
}

impl Equivalent<JobKey> for KeyRef<'_> {
    fn equivalent(&self, key: &JobKey) -> bool {
        self.namespace == &*key.namespace && self.id == &*key.id
    }
}

impl Comparable<JobKey> for KeyRef<'_> {
    fn compare(&self, key: &JobKey) -> Ordering {
        self.namespace.cmp(&key.namespace).then_with(|| self.id.cmp(&key.id))
    }
}

impl State {
    /// The key of a job; the one that the tables share where there is one.
    pub(crate) fn key_of(&self, job: &Job) -> JobKey {
        let key = KeyRef { namespace: &job.namespace, id: &job.id };
        self.job_links.get_key_value(&key).map_or_else(|| job.key(), |(key, _)| key.clone())
    }

    pub(crate) fn links_mut(&mut self, key: &JobKey) -> &mut JobLinks {
        self.job_links.entry(key.clone()).or_default()
    }

    /// Changes what belongs to a job, and forgets the entry once it is empty.
    pub(crate) fn unlink(&mut self, key: &JobKey, change: impl FnOnce(&mut JobLinks)) {
        let Some(links) = self.job_links.get_mut(key) else { return };
        change(links);
        if links.is_empty() {
            self.job_links.remove(key);
        }
    }
}
