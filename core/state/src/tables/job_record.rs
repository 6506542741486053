//! What the servers remember of a job beside its specification: launches and scaling events.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::document::Any;
use model::{EvalId, JobKey, Name, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{State, Table};

/// Scaling events that are kept of a group; the oldest go first.
pub const KEPT_SCALING_EVENTS: usize = 20;

/// What the servers remember of a job beside its specification.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct JobRecord {
    /// The last slot of its schedule that was launched, or skipped because the launch before was not over.
    pub last_launch: Timestamp,
    /// Scaling events by group, newest first.
    pub scaling: BTreeMap<Name, Vec<ScalingEvent>>,
    /// Index that last added a scaling event.
    pub scaling_index: u64,
}

/// A change of a group's count, or a remark of an autoscaler about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScalingEvent {
    /// When it was recorded.
    pub time: Timestamp,
    /// The new count; none for a remark.
    pub count: Option<i64>,
    /// The count before.
    pub previous_count: i64,
    /// What the caller says about it.
    pub message: String,
    /// Whether the caller reports a failure.
    pub error: bool,
    /// What the caller adds.
    pub meta: Option<Any>,
    /// The evaluation that followed.
    pub eval: Option<EvalId>,
    /// Index that recorded it.
    pub create_index: u64,
}

impl State {
    /// What is remembered of a job; none if nothing is.
    #[must_use]
    pub fn job_record(&self, key: &JobKey) -> Option<&Arc<JobRecord>> {
        self.job_records.get(key)
    }

    /// The last slot of a periodic job that was launched or skipped; never if none was.
    #[must_use]
    pub fn last_launch(&self, key: &JobKey) -> Timestamp {
        self.job_record(key).map_or(Timestamp::NEVER, |record| record.last_launch)
    }

    /// The child that was dispatched with an idempotency token.
    #[must_use]
    pub fn dispatched_with(&self, parent: &JobKey, token: &str) -> Option<&JobKey> {
        self.dispatch_tokens.get(&(parent.clone(), Name::from(token)))
    }

    pub(crate) fn change_record(&mut self, key: &JobKey, change: impl FnOnce(&mut JobRecord)) {
        let mut record = self.job_records.get(key).map(|record| JobRecord::clone(record)).unwrap_or_default();
        change(&mut record);
        self.job_records.insert(key.clone(), Arc::new(record));
        self.indexes.set(Table::Jobs, self.index);
    }
}
