//! Names of job versions. A version with a name is never forgotten.

use model::{Job, JobKey, VersionTag};

use super::ApplyError;
use crate::txn::Txn;

impl Txn<'_> {
    pub(super) fn tag_version(
        &mut self,
        key: &JobKey,
        version: u64,
        tag: &VersionTag,
    ) -> Result<(), ApplyError> {
        let elsewhere = |job: &Job| job.version != version && is_tagged(job, &tag.name);
        if self.state.job_versions(key).any(|job| elsewhere(job)) {
            return Err(ApplyError::TagTaken { tag: tag.name.clone(), job: key.id.clone() });
        }
        let job = self.state.job_version(key, version);
        let job = job.ok_or_else(|| ApplyError::NoVersionToTag { job: key.id.clone(), version })?;
        let job = Job::clone(job);
        let tag = VersionTag { tagged_time: self.now().0, ..tag.clone() };
        self.replace_tag(key, job, Some(tag));
        Ok(())
    }

    pub(super) fn untag_version(&mut self, key: &JobKey, tag: &str) -> Result<(), ApplyError> {
        let job = self.state.job_versions(key).find(|job| is_tagged(job, tag));
        let job = job.ok_or_else(|| ApplyError::TagNotFound { tag: tag.into(), job: key.id.clone() })?;
        let job = Job::clone(job);
        self.replace_tag(key, job, None);
        Ok(())
    }

    fn replace_tag(&mut self, key: &JobKey, mut job: Job, tag: Option<VersionTag>) {
        job.version_tag = tag;
        job.modify_index = self.index();
        self.replace_version(key, job);
    }
}

fn is_tagged(job: &Job, tag: &str) -> bool {
    job.version_tag.as_ref().is_some_and(|known| known.name == tag)
}
