//! Jobs, their kept versions, children and submissions.

use std::sync::Arc;

use model::{Job, JobKey, JobSubmission, Name};

use crate::{State, Table};

impl State {
    /// The current version of a job.
    #[must_use]
    pub fn job(&self, key: &JobKey) -> Option<&Arc<Job>> {
        self.jobs.get(key)
    }

    /// Every job in its current version, by namespace and id.
    pub fn jobs(&self) -> impl Iterator<Item = &Arc<Job>> {
        self.jobs.values()
    }

    /// A kept version of a job.
    #[must_use]
    pub fn job_version(&self, key: &JobKey, version: u64) -> Option<&Arc<Job>> {
        self.job_versions.get(key)?.get(&version)
    }

    /// The kept versions of a job, oldest first.
    pub fn job_versions(&self, key: &JobKey) -> impl DoubleEndedIterator<Item = &Arc<Job>> {
        self.job_versions.get(key).into_iter().flat_map(|versions| versions.values())
    }

    /// The dispatched or periodic children of a job.
    pub fn job_children(&self, key: &JobKey) -> impl Iterator<Item = &JobKey> {
        self.job_children.get(key).into_iter().flatten()
    }

    /// The text that a version of a job was submitted as.
    #[must_use]
    pub fn submission(&self, key: &JobKey, version: u64) -> Option<&Arc<JobSubmission>> {
        self.submissions.get(key)?.get(&version)
    }

    /// Stores a job as the current version. Indexes on the document are the caller's.
    pub(crate) fn put_job(&mut self, job: Arc<Job>) {
        let key = job.key();
        self.job_versions.entry(key.clone()).or_default().insert(job.version, Arc::clone(&job));
        let parent = parent_of(&key, &job);
        let known = self.jobs.get(&key).and_then(|known| parent_of(&key, known));
        if let Some(known) = known.filter(|known| parent.as_ref() != Some(known)) {
            self.remove_child(&known, &key);
        }
        if let Some(parent) = parent {
            if let Some(token) = token_of(&job) {
                self.dispatch_tokens.entry((parent.clone(), token)).or_insert_with(|| key.clone());
            }
            self.job_children.entry(parent).or_default().insert(key.clone());
        }
        self.jobs.insert(key, job);
        self.indexes.set(Table::Jobs, self.index);
    }

    /// Forgets a job with its versions, submissions and summary.
    pub(crate) fn remove_job(&mut self, key: &JobKey) -> Option<Arc<Job>> {
        let removed = self.jobs.remove(key)?;
        self.job_versions.remove(key);
        self.submissions.remove(key);
        self.job_summaries.remove(key);
        self.job_records.remove(key);
        if let Some(parent) = parent_of(key, &removed) {
            if let Some(token) = token_of(&removed) {
                self.forget_token(&(parent.clone(), token), key);
            }
            self.remove_child(&parent, key);
        }
        self.indexes.set(Table::Jobs, self.index);
        self.indexes.set(Table::JobSummaries, self.index);
        Some(removed)
    }

    fn forget_token(&mut self, token: &(JobKey, Name), child: &JobKey) {
        if self.dispatch_tokens.get(token) == Some(child) {
            self.dispatch_tokens.remove(token);
        }
    }

    fn remove_child(&mut self, parent: &JobKey, child: &JobKey) {
        if let Some(children) = self.job_children.get_mut(parent) {
            children.remove(child);
            if children.is_empty() {
                self.job_children.remove(parent);
            }
        }
    }

    pub(crate) fn put_submission(&mut self, key: JobKey, submission: JobSubmission) {
        let version = submission.version;
        self.submissions.entry(key).or_default().insert(version, Arc::new(submission));
        self.indexes.set(Table::Jobs, self.index);
    }

    /// Stores a version that is kept beside the current one.
    pub(crate) fn put_job_version(&mut self, key: JobKey, job: Arc<Job>) {
        self.job_versions.entry(key).or_default().insert(job.version, job);
        self.indexes.set(Table::Jobs, self.index);
    }

    /// Replaces a kept version, and the current job if it is that version.
    pub(crate) fn replace_job_version(&mut self, key: &JobKey, job: Arc<Job>) {
        if let Some(current) = self.jobs.get_mut(key)
            && current.version == job.version
        {
            *current = Arc::clone(&job);
        }
        if let Some(versions) = self.job_versions.get_mut(key) {
            versions.insert(job.version, job);
        }
        self.indexes.set(Table::Jobs, self.index);
    }

    /// Forgets a kept version with its submission.
    pub(crate) fn remove_job_version(&mut self, key: &JobKey, version: u64) {
        if let Some(versions) = self.job_versions.get_mut(key) {
            versions.remove(&version);
        }
        if let Some(submissions) = self.submissions.get_mut(key) {
            submissions.remove(&version);
        }
    }
}

/// The idempotency token of a dispatched child.
fn token_of(job: &Job) -> Option<Name> {
    let token = job.dispatch_idempotency_token.as_str();
    (!token.is_empty()).then(|| Name::from(token))
}

/// The parent of a job; a job is never its own.
pub(crate) fn parent_of(key: &JobKey, job: &Job) -> Option<JobKey> {
    let named = !job.parent_id.is_empty() && job.parent_id != *key.id;
    named.then(|| JobKey::new(key.namespace.clone(), job.parent_id.as_str()))
}
