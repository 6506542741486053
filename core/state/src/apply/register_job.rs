//! Registering a job: a new version if its specification changed, and its evaluation in any case.

use std::sync::Arc;

use model::{Job, JobKey, JobStatus, JobSubmission};

use super::{ApplyError, Change, JobRegistration};
use crate::txn::Txn;

impl Txn<'_> {
    pub(super) fn register_job(&mut self, registration: &JobRegistration) -> Result<(), ApplyError> {
        let job = &registration.job;
        if self.state.namespace(&job.namespace).is_none() {
            return Err(ApplyError::NamespaceNotFound(job.namespace.as_str().into()));
        }
        let key = self.state.key_of(job);
        if let Some(wanted) = registration.enforce_index {
            self.enforce_index(&key, wanted)?;
        }
        self.state.check_origin(registration)?;
        let stored = self.store_version(&key, job.clone());
        self.record_origin(registration);
        if let Some(submission) = &registration.submission {
            self.store_submission(&key, submission, &stored);
        }
        if let Some(eval) = &registration.eval {
            let mut eval = eval.clone();
            eval.job_modify_index = stored.job_modify_index;
            self.store_eval(eval);
        }
        self.touch(&key);
        Ok(())
    }

    fn enforce_index(&self, key: &JobKey, wanted: u64) -> Result<(), ApplyError> {
        let problem = match (wanted, self.state.job(key)) {
            (0, Some(_)) => "job already exists".to_owned(),
            (0, None) => return Ok(()),
            (_, None) => "job does not exist".to_owned(),
            (_, Some(job)) if job.job_modify_index == wanted => return Ok(()),
            (_, Some(job)) => {
                format!("job exists with conflicting job modify index: {}", job.job_modify_index)
            }
        };
        Err(ApplyError::JobModifyIndex { wanted, problem })
    }

    /// Stores a new version of a job if its specification differs from the current one; gives the current one.
    pub(super) fn store_version(&mut self, key: &JobKey, mut job: Job) -> Arc<Job> {
        let index = self.index();
        if let Some(known) = self.state.job(key) {
            adopt_kept_fields(&mut job, known);
            stamp_policies(&mut job, Some(known), index);
            if job == **known {
                return Arc::clone(known);
            }
            job.version = known.version + 1;
        } else {
            job.version = 0;
            job.create_index = index;
            stamp_policies(&mut job, None, index);
            JobStatus::Pending.as_str().clone_into(&mut job.status);
            job.status_description.clear();
        }
        job.stable = false;
        job.version_tag = None;
        job.modify_index = index;
        job.job_modify_index = index;
        job.submit_time = Some(self.now().0);
        let job = Arc::new(job);
        let before = self.state.job(key).cloned();
        self.open_summary(key, &job);
        if let Some(before) = &before {
            self.count_child(key, before, Some(&before.status), None);
        }
        self.count_child(key, &job, None, Some(&job.status));
        self.state.put_job(Arc::clone(&job));
        self.changes.push(Change::Job(key.clone()));
        self.prune_versions(key);
        job
    }

    fn store_submission(&mut self, key: &JobKey, submission: &JobSubmission, job: &Job) {
        if self.state.submission(key, job.version).is_some() {
            return;
        }
        let mut submission = submission.clone();
        submission.namespace.clone_from(&job.namespace);
        submission.job_id.clone_from(&job.id);
        submission.version = job.version;
        submission.job_modify_index = job.job_modify_index;
        self.state.put_submission(key.clone(), submission);
    }
}

/// Says of each scaling policy when it came and when it last changed.
fn stamp_policies(job: &mut Job, known: Option<&Job>, index: u64) {
    for policy in job.scaling_policies_mut() {
        let before = known.and_then(|known| known.scaling_policies().find(|before| before.id == policy.id));
        policy.create_index = before.map_or(index, |before| before.create_index);
        policy.modify_index = before.map_or(index, |before| before.modify_index);
        if before.is_some_and(|before| before != policy) {
            policy.modify_index = index;
        }
    }
}

/// Gives a job that is registered again everything that the server keeps of the known one.
fn adopt_kept_fields(job: &mut Job, known: &Job) {
    job.status.clone_from(&known.status);
    job.status_description.clone_from(&known.status_description);
    job.stable = known.stable;
    job.version = known.version;
    job.submit_time = known.submit_time;
    job.create_index = known.create_index;
    job.modify_index = known.modify_index;
    job.job_modify_index = known.job_modify_index;
    job.version_tag.clone_from(&known.version_tag);
    job.nomad_token_id.clone_from(&known.nomad_token_id);
}
