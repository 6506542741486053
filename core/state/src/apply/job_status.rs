//! The status of a job follows from its evaluations and allocations.
//!
//! ```text
//!            something to evaluate          an allocation is live
//!   pending ◄──────────────────── dead    ───────────────────────► running
//!      │                           ▲                                  │
//!      └───── nothing is open ─────┴──────── nothing is live ─────────┘
//! ```

use model::{Job, JobKey, JobStatus};

use crate::State;
use crate::txn::Txn;

impl State {
    /// The status that follows from what there is: parents run until they are stopped; other jobs run while an
    /// allocation is live, wait while an evaluation is open, and are dead else. A job of which nothing was
    /// evaluated yet is pending unless something of it was `forgotten`.
    pub(crate) fn derived_status(&self, key: &JobKey, job: &Job, forgotten: bool) -> JobStatus {
        if job.is_parent() {
            return if job.stop { JobStatus::Dead } else { JobStatus::Running };
        }
        let Some(links) = self.job_links.get(key) else {
            let fresh = !forgotten && !job.stop && job.status == JobStatus::Pending.as_str();
            return if fresh { JobStatus::Pending } else { JobStatus::Dead };
        };
        match (links.live, links.open_evals) {
            (1.., _) => JobStatus::Running,
            (0, 1..) => JobStatus::Pending,
            (0, 0) if links.allocs.is_empty() && links.evals.is_empty() && !forgotten && !job.stop => {
                JobStatus::Pending
            }
            (0, 0) => JobStatus::Dead,
        }
    }
}

impl Txn<'_> {
    /// Derives the status of every job that something happened to.
    pub(crate) fn derive_job_statuses(&mut self) {
        while let Some((key, forgotten)) = self.touched.pop_first() {
            let Some(job) = self.state.job(&key) else { continue };
            let status = self.state.derived_status(&key, job, forgotten);
            self.set_job_status(&key, status);
        }
    }

    /// Stores the status of a job if it is another, and counts it in its parent's summary.
    pub(super) fn set_job_status(&mut self, key: &JobKey, status: JobStatus) {
        let Some(job) = self.state.job(key) else { return };
        if job.status == status.as_str() {
            return;
        }
        let mut job = Job::clone(job);
        let old = std::mem::replace(&mut job.status, status.as_str().to_owned());
        job.modify_index = self.index();
        self.count_child(key, &job, Some(&old), Some(status.as_str()));
        self.replace_version(key, job);
    }
}
