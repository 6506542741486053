//! The deployment: the roll-out of one job version. A hot record.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::word::words;
use crate::{AllocId, DeploymentId, EvalId, JobKey, Name, Nanos, Timestamp};

words! {
    /// Where a deployment is in its life.
    DeploymentStatus {
        /// Going on.
        Running = "running",
        /// Halted by somebody.
        Paused = "paused",
        /// Gave up.
        Failed = "failed",
        /// All healthy.
        Successful = "successful",
        /// Overtaken or stopped.
        Cancelled = "cancelled",
        /// About to start (multiregion).
        Initializing = "initializing",
        /// Waits for other regions.
        Pending = "pending",
        /// Waits for other regions.
        Blocked = "blocked",
        /// Waits for other regions.
        Unblocking = "unblocking",
    }
}

impl DeploymentStatus {
    /// Whether anything still happens to it.
    #[must_use]
    pub const fn is_active(self) -> bool {
        matches!(
            self,
            Self::Running
                | Self::Paused
                | Self::Initializing
                | Self::Pending
                | Self::Blocked
                | Self::Unblocking
        )
    }
}

/// The roll-out of one job version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployment {
    /// Its id.
    pub id: DeploymentId,
    /// The job.
    pub job: JobKey,
    /// Version of the job.
    pub job_version: u64,
    /// Index of the job's last change when it began.
    pub job_modify_index: u64,
    /// Index of the job's specification.
    pub job_spec_modify_index: u64,
    /// Index of the job's first registration.
    pub job_create_index: u64,
    /// Progress by group.
    pub groups: BTreeMap<Name, DeploymentGroup>,
    /// Where it is in its life.
    pub status: DeploymentStatus,
    /// One sentence about it.
    pub description: Name,
    /// Priority of the evaluations it makes.
    pub eval_priority: u8,
    /// Evaluation that made it.
    pub eval: EvalId,
    /// When it was made.
    pub create_time: Timestamp,
    /// When it last changed.
    pub modify_time: Timestamp,
    /// Index that created it.
    pub create_index: u64,
    /// Index that last changed it.
    pub modify_index: u64,
}

impl Deployment {
    /// Whether a group has canaries that nobody promoted yet.
    #[must_use]
    pub fn requires_promotion(&self) -> bool {
        self.status == DeploymentStatus::Running
            && self.groups.values().any(|group| group.desired_canaries > 0 && !group.promoted)
    }
}

/// Progress of one group in a deployment.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DeploymentGroup {
    /// Goes back to the last stable version when it fails.
    pub auto_revert: bool,
    /// Promotes canaries when all are healthy.
    pub auto_promote: bool,
    /// Longest time without progress.
    pub progress_deadline: Nanos,
    /// When that time is over.
    pub require_progress_by: Timestamp,
    /// Whether canaries were promoted.
    pub promoted: bool,
    /// Canaries that were placed.
    pub placed_canaries: Vec<AllocId>,
    /// Canaries wanted.
    pub desired_canaries: u32,
    /// Allocations wanted.
    pub desired_total: u32,
    /// Allocations placed.
    pub placed: u32,
    /// Of those healthy.
    pub healthy: u32,
    /// Of those unhealthy.
    pub unhealthy: u32,
}

/// A change of a deployment's status by a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeploymentUpdate {
    /// The deployment.
    pub id: DeploymentId,
    /// Its new status.
    pub status: DeploymentStatus,
    /// Its new description.
    pub description: Name,
}
