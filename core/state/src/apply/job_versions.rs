//! Which versions of a job are kept, and which of them are known to be good.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::{Job, JobKey};

use super::{ApplyError, Change, Table};
use crate::txn::Txn;

/// Versions kept per job, beside those that are tagged or in use.
const KEPT_VERSIONS: usize = 6;

impl Txn<'_> {
    pub(super) fn set_job_stability(
        &mut self,
        key: &JobKey,
        version: u64,
        stable: bool,
    ) -> Result<(), ApplyError> {
        let job = self.state.job_version(key, version);
        let job = job.ok_or_else(|| ApplyError::VersionNotFound(key.clone(), version))?;
        if job.stable != stable {
            let mut job = Job::clone(job);
            job.stable = stable;
            job.modify_index = self.index();
            self.replace_version(key, job);
        }
        Ok(())
    }

    /// Stores a version whose specification did not change.
    pub(super) fn replace_version(&mut self, key: &JobKey, job: Job) {
        self.state.replace_job_version(key, Arc::new(job));
        self.changes.push(Change::Job(key.clone()));
    }

    /// Forgets the oldest versions beyond [`KEPT_VERSIONS`]. The newest stable one, tagged ones and those that
    /// allocations or active deployments refer to stay.
    pub(super) fn prune_versions(&mut self, key: &JobKey) {
        let versions: Vec<&Arc<Job>> = self.state.job_versions(key).collect();
        if versions.len() <= KEPT_VERSIONS {
            return;
        }
        let mut used: BTreeSet<u64> = self.state.allocs_of_job(key).map(|alloc| alloc.job.version).collect();
        let active = self.state.deployments_of_job(key).filter(|deployment| deployment.status.is_active());
        used.extend(active.map(|deployment| deployment.job_version));
        used.extend(versions.iter().rev().find(|job| job.stable).map(|job| job.version));
        let old = &versions[..versions.len() - KEPT_VERSIONS];
        let gone: Vec<u64> = old
            .iter()
            .filter(|job| job.version_tag.is_none() && !used.contains(&job.version))
            .map(|job| job.version)
            .collect();
        for version in gone {
            self.state.remove_job_version(key, version);
        }
        self.state.indexes.set(Table::Jobs, self.state.index);
    }
}
