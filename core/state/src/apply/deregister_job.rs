//! Stopping a job, or forgetting it at once.

use model::{AllocTransition, Eval, Job, JobKey};

use super::{ApplyError, Change};
use crate::txn::Txn;

impl Txn<'_> {
    pub(super) fn deregister_job(
        &mut self,
        key: &JobKey,
        purge: bool,
        no_shutdown_delay: bool,
        eval: Option<&Eval>,
    ) -> Result<(), ApplyError> {
        let job = self.state.job(key).ok_or_else(|| ApplyError::JobNotFound(key.clone()))?;
        let mut job = Job::clone(job);
        if no_shutdown_delay {
            self.skip_shutdown_delay(key);
        }
        if purge {
            self.forget_job(key);
        } else if !job.stop {
            job.stop = true;
            job = Job::clone(&self.store_version(key, job));
            self.clear_queued(key);
        }
        if let Some(eval) = eval {
            let mut eval = eval.clone();
            eval.job_modify_index = if purge { self.index() } else { job.job_modify_index };
            self.store_eval(eval);
        }
        self.touch(key);
        Ok(())
    }

    /// Forgets a job with its versions and summary. Its allocations keep the version that they run.
    pub(super) fn forget_job(&mut self, key: &JobKey) {
        let Some(job) = self.state.job(key).cloned() else { return };
        self.count_child(key, &job, Some(&job.status), None);
        self.summaries.remove(key);
        self.state.remove_job(key);
        self.changes.push(Change::JobRemoved(key.clone()));
    }

    fn skip_shutdown_delay(&mut self, key: &JobKey) {
        let wish = AllocTransition { no_shutdown_delay: Some(true), ..AllocTransition::default() };
        let live: Vec<_> = self
            .state
            .allocs_of_job(key)
            .filter(|alloc| !alloc.client_terminal())
            .map(|alloc| alloc.id)
            .collect();
        for id in live {
            self.wish(id, &wish);
        }
    }
}
