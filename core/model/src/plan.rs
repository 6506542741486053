//! The plan: what one evaluation wants to change. Columnar where it is large.
//!
//! A run of placements of one group shares its job version, deployment and pass metrics, so that ten
//! thousand placements cost little more than their nodes and ports.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    AllocId, AllocState, Assigned, ClientStatus, Deployment, DeploymentId, DeploymentUpdate, DesiredStatus,
    Eval, EvalId, JobKey, Name, NodeId, NodeScore, PassMetrics, PlanAnnotations, RescheduleTracker,
    StopReason, Timestamp,
};

/// What one evaluation wants to change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The evaluation.
    pub eval: EvalId,
    /// Its priority.
    pub priority: u8,
    /// The job.
    pub job: JobKey,
    /// Commits all or nothing.
    pub all_at_once: bool,
    /// Index of the snapshot it was made on.
    pub snapshot_index: u64,
    /// Allocations to stop, or to mark lost or unknown.
    pub stops: Vec<AllocStop>,
    /// Allocations of other jobs to evict.
    pub preemptions: Vec<Preemption>,
    /// New allocations.
    pub placements: Vec<PlacementRun>,
    /// Changes of existing allocations that go on running.
    pub updates: Vec<InPlaceUpdate>,
    /// Deployment to create.
    pub deployment: Option<Deployment>,
    /// Deployments to change.
    pub deployment_updates: Vec<DeploymentUpdate>,
    /// What was wanted, by group.
    pub annotations: Option<PlanAnnotations>,
}

impl Plan {
    /// A plan that changes nothing yet.
    #[must_use]
    pub fn new(eval: &Eval, snapshot_index: u64) -> Self {
        Self {
            eval: eval.id,
            priority: eval.priority,
            job: eval.job.clone(),
            all_at_once: false,
            snapshot_index,
            stops: Vec::new(),
            preemptions: Vec::new(),
            placements: Vec::new(),
            updates: Vec::new(),
            deployment: None,
            deployment_updates: Vec::new(),
            annotations: None,
        }
    }

    /// Whether it changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.stops.is_empty()
            && self.preemptions.is_empty()
            && self.placements.iter().all(|run| run.placements.is_empty())
            && self.updates.is_empty()
            && self.deployment.is_none()
            && self.deployment_updates.is_empty()
    }
}

/// An allocation to stop, or to mark lost or unknown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllocStop {
    /// The allocation.
    pub id: AllocId,
    /// What the server wants of it now.
    pub desired: DesiredStatus,
    /// Why.
    pub reason: StopReason,
    /// Client status to record, for lost and unknown ones.
    pub client: Option<ClientStatus>,
    /// Change to record in its history.
    pub state: Option<AllocState>,
    /// Evaluation that will look at it again.
    pub followup: EvalId,
    /// Whether a reschedule of it found no node.
    pub reschedule_failed: bool,
}

/// An allocation of another job to evict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preemption {
    /// The allocation.
    pub id: AllocId,
    /// The allocation that takes its room.
    pub by: AllocId,
}

/// New allocations of one group of one job version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlacementRun {
    /// Version of the job.
    pub job_version: u64,
    /// The group.
    pub group: Name,
    /// Deployment that they belong to; none for most batch jobs. [`DeploymentId`] of the plan's own one if new.
    pub deployment: DeploymentId,
    /// Counts of the pass that placed them.
    pub pass: PassMetrics,
    /// The allocations.
    #[serde(with = "crate::placement_columns")]
    pub placements: Vec<Placement>,
}

/// One new allocation.
#[derive(Debug, Clone, PartialEq)]
pub struct Placement {
    /// Its id.
    pub id: AllocId,
    /// Number in its name.
    pub index: u32,
    /// Its node.
    pub node: NodeId,
    /// Ports, cores and devices.
    pub assigned: Assigned,
    /// Whether it is a canary.
    pub canary: bool,
    /// What few placements have.
    pub rare: Option<Box<PlacementRare>>,
    /// Its best nodes, best first, at most five; its own one only beyond the first thousand.
    pub scores: Vec<NodeScore>,
    /// Nodes that would do as well, for the plan applier to repair a conflict; at most eight.
    pub runners_up: Vec<NodeId>,
}

/// What few placements have.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PlacementRare {
    /// Allocation that it replaces.
    pub previous: AllocId,
    /// Earlier moves.
    pub reschedule: Option<RescheduleTracker>,
    /// Allocations that it evicts.
    pub preempted: Vec<AllocId>,
}

/// A change of an existing allocation that goes on running.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InPlaceUpdate {
    /// The allocation.
    pub id: AllocId,
    /// New job version, for updates in place.
    pub job_version: Option<u64>,
    /// New deployment.
    pub deployment: DeploymentId,
    /// Client status to record, for unknown and reconnected ones.
    pub client: Option<ClientStatus>,
    /// Change to record in its history.
    pub state: Option<AllocState>,
    /// Evaluation that will look at it again.
    pub followup: EvalId,
    /// Why.
    pub reason: StopReason,
}

/// What the scheduler hands over for one evaluation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// What to change.
    pub plan: Plan,
    /// The evaluation as it should be stored once the plan is committed.
    pub eval: Eval,
    /// Blocked and follow-up evaluations to create.
    pub created: Vec<Eval>,
}

/// What the plan applier committed of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PlanResult {
    /// Placements that were rejected, by node.
    pub rejected: BTreeMap<NodeId, u32>,
    /// Placements that went to a runner-up.
    pub repaired: u32,
    /// Placements that were committed.
    pub committed: u32,
    /// Index of the commit; 0 when nothing was.
    pub index: u64,
    /// Wait for this index before trying again; 0 when all was committed.
    pub refresh_index: u64,
    /// When it was committed.
    pub time: Timestamp,
}
