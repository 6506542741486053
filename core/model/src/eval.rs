//! The evaluation: one look of the scheduler at one job. A hot record.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::word::words;
use crate::{AllocMetric, DeploymentId, EvalId, JobKey, JobKind, Name, NodeId, Timestamp};

words! {
    /// Where an evaluation is in its life.
    EvalStatus {
        /// Waits for room.
        Blocked = "blocked",
        /// Waits for a worker.
        Pending = "pending",
        /// Done.
        Complete = "complete",
        /// Given up.
        Failed = "failed",
        /// Overtaken by another.
        Canceled = "canceled",
    }
}

impl EvalStatus {
    /// Whether nothing more happens to it.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Complete | Self::Failed | Self::Canceled)
    }
}

words! {
    /// Why an evaluation was made.
    EvalTrigger {
        /// The job was registered.
        JobRegister = "job-register",
        /// The job was stopped.
        JobDeregister = "job-deregister",
        /// Its schedule launched it.
        PeriodicJob = "periodic-job",
        /// A node drains.
        NodeDrain = "node-drain",
        /// A node changed.
        NodeUpdate = "node-update",
        /// Somebody stopped an allocation.
        AllocStop = "alloc-stop",
        /// Housekeeping.
        Scheduled = "scheduled",
        /// The next step of a rolling update.
        RollingUpdate = "rolling-update",
        /// A deployment moved on.
        DeploymentWatcher = "deployment-watcher",
        /// An evaluation failed and is tried again.
        FailedFollowUp = "failed-follow-up",
        /// Plans kept conflicting.
        MaxPlanAttempts = "max-plan-attempts",
        /// An allocation failed.
        AllocFailure = "alloc-failure",
        /// Not everything could be placed.
        QueuedAllocs = "queued-allocs",
        /// Its allocations were preempted.
        Preemption = "preemption",
        /// Its count was changed.
        JobScaling = "job-scaling",
        /// A disconnected client did not come back in time.
        MaxDisconnectTimeout = "max-disconnect-timeout",
        /// A disconnected client came back.
        Reconnect = "reconnect",
        /// A failed allocation may move now.
        AllocReschedule = "alloc-reschedule",
    }
}

/// One look of the scheduler at one job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Eval {
    /// Its id.
    pub id: EvalId,
    /// The job.
    pub job: JobKey,
    /// Scheduler that handles it.
    pub kind: JobKind,
    /// 1 to 100; higher goes first.
    pub priority: u8,
    /// Why it was made.
    pub trigger: EvalTrigger,
    /// Where it is in its life.
    pub status: EvalStatus,
    /// More about the status.
    pub status_description: Name,
    /// Index of the job's specification when it was made.
    pub job_modify_index: u64,
    /// Node that it is about; none for most.
    pub node: NodeId,
    /// Index of that node.
    pub node_modify_index: u64,
    /// Deployment that it is about; none for most.
    pub deployment: DeploymentId,
    /// Not before this time.
    pub wait_until: Timestamp,
    /// Evaluation that follows it.
    pub next: EvalId,
    /// Evaluation that it follows.
    pub previous: EvalId,
    /// Blocked evaluation that it made.
    pub blocked: EvalId,
    /// What could not be placed, by group.
    pub failed: BTreeMap<Name, AllocMetric>,
    /// Whether each node class seen could take it, for waking it up.
    pub class_eligibility: BTreeMap<u64, bool>,
    /// Whether classes say nothing about it.
    pub escaped: bool,
    /// Allocations still to be placed, by group.
    pub queued: BTreeMap<Name, u32>,
    /// Desired changes by group, when asked for.
    pub annotations: Option<PlanAnnotations>,
    /// Index of the snapshot it was scheduled on.
    pub snapshot_index: u64,
    /// Index that created it.
    pub create_index: u64,
    /// Index that last changed it.
    pub modify_index: u64,
    /// When it was made.
    pub create_time: Timestamp,
    /// When it last changed.
    pub modify_time: Timestamp,
}

impl Eval {
    /// A pending evaluation with nothing but its cause.
    #[must_use]
    pub fn new(id: EvalId, job: JobKey, kind: JobKind, priority: u8, trigger: EvalTrigger) -> Self {
        Self {
            id,
            job,
            kind,
            priority,
            trigger,
            status: EvalStatus::Pending,
            status_description: Name::from(""),
            job_modify_index: 0,
            node: NodeId::NONE,
            node_modify_index: 0,
            deployment: DeploymentId::NONE,
            wait_until: Timestamp::NEVER,
            next: EvalId::NONE,
            previous: EvalId::NONE,
            blocked: EvalId::NONE,
            failed: BTreeMap::new(),
            class_eligibility: BTreeMap::new(),
            escaped: false,
            queued: BTreeMap::new(),
            annotations: None,
            snapshot_index: 0,
            create_index: 0,
            modify_index: 0,
            create_time: Timestamp::NEVER,
            modify_time: Timestamp::NEVER,
        }
    }
}

/// What a plan wants to do, by group.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PlanAnnotations {
    /// Counts by group.
    pub groups: BTreeMap<Name, DesiredUpdates>,
}

/// What a plan wants to do with the allocations of one group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DesiredUpdates {
    /// Left alone.
    pub ignore: u64,
    /// Placed.
    pub place: u64,
    /// Moved off draining nodes.
    pub migrate: u64,
    /// Stopped.
    pub stop: u64,
    /// Updated where they run.
    pub in_place_update: u64,
    /// Replaced.
    pub destructive_update: u64,
    /// Canaries placed.
    pub canary: u64,
    /// Evicted allocations of other jobs.
    pub preemptions: u64,
    /// Marked unknown.
    pub disconnect: u64,
    /// Marked reconnected.
    pub reconnect: u64,
    /// Rescheduled now.
    pub reschedule_now: u64,
    /// Rescheduled later.
    pub reschedule_later: u64,
}
