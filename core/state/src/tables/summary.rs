//! Summaries of jobs: how many allocations, or children, are in which state. Kept by `apply`, never counted.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{ChildrenSummary, GroupSummary, JobKey, Name};
use serde::{Deserialize, Serialize};

use crate::{State, Table};

/// How many allocations of a job are in which state.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct JobSummary {
    /// By group.
    pub groups: BTreeMap<Name, GroupSummary>,
    /// Children of a parent job.
    pub children: ChildrenSummary,
    /// Index that created it.
    pub create_index: u64,
    /// Index that last changed it.
    pub modify_index: u64,
}

impl State {
    /// The summary of a job.
    #[must_use]
    pub fn job_summary(&self, key: &JobKey) -> Option<&Arc<JobSummary>> {
        self.job_summaries.get(key)
    }

    /// Stores a summary. Indexes on the record are the caller's.
    pub(crate) fn put_summary(&mut self, key: JobKey, summary: JobSummary) {
        self.job_summaries.insert(key, Arc::new(summary));
        self.indexes.set(Table::JobSummaries, self.index);
    }
}
