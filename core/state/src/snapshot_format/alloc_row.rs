//! The compact row of an allocation, and the other rows that are no records of the model.

use std::sync::Arc;

use model::{
    Alloc, AllocId, AllocMetric, AllocRare, Assigned, AutopilotConfig, ClientStatus, DeploymentHealth,
    DeploymentId, DesiredStatus, EvalId, Job, JobKey, JobSubmission, Name, NodeId, NodeScore,
    SchedulerConfig, ServiceRegistration, StopReason, TaskStates, Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::apply::Piece;
use crate::tables::{JobRecord, JobSummary};

/// The root of a state.
#[derive(Serialize, Deserialize)]
pub(super) struct RootRow {
    pub(super) index: u64,
    pub(super) base: u64,
    pub(super) now: Timestamp,
    pub(super) cluster_id: Name,
    /// Index of the last change of each table, in the order of the tables.
    pub(super) indexes: Vec<u64>,
    pub(super) config: Arc<SchedulerConfig>,
    #[serde(default)]
    pub(super) restored: u64,
    #[serde(default)]
    pub(super) autopilot: Arc<AutopilotConfig>,
}

/// A version of a job.
#[derive(Serialize, Deserialize)]
pub(super) struct JobRow {
    pub(super) job: Arc<Job>,
    pub(super) place: JobPlace,
}

/// Where a version of a job belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum JobPlace {
    /// It is the current version.
    Current,
    /// It is a kept version.
    Kept,
    /// The job is forgotten: only allocations refer to it.
    Forgotten,
}

#[derive(Serialize, Deserialize)]
pub(super) struct SubmissionRow {
    pub(super) key: JobKey,
    pub(super) submission: Arc<JobSubmission>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct ServicesRow {
    pub(super) alloc: AllocId,
    pub(super) services: Arc<Vec<ServiceRegistration>>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct SummaryRow {
    pub(super) key: JobKey,
    pub(super) summary: Arc<JobSummary>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct JobRecordRow {
    pub(super) key: JobKey,
    pub(super) record: Arc<JobRecord>,
}

/// A piece of a saved state on its way.
#[derive(Serialize, Deserialize)]
pub(super) struct PieceRow {
    pub(super) id: u128,
    pub(super) since: Timestamp,
    pub(super) piece: Piece,
}

/// How many rows there were, so that a snapshot that was cut at a frame is noticed.
#[derive(Serialize, Deserialize)]
pub(super) struct EndRow {
    pub(super) nodes: u64,
    pub(super) jobs: u64,
    pub(super) evals: u64,
    pub(super) deployments: u64,
    pub(super) allocs: u64,
}

/// An allocation; its fields are stored in this order, without names.
#[derive(Serialize, Deserialize)]
pub(super) struct AllocRow {
    id: AllocId,
    eval: EvalId,
    pub(super) node: NodeId,
    /// None if it is the name that the node has.
    pub(super) node_name: Option<Name>,
    /// Position of its job version.
    pub(super) job: u32,
    group: Name,
    index: u32,
    assigned: Assigned,
    desired: DesiredStatus,
    reason: StopReason,
    client: ClientStatus,
    client_description: Name,
    tasks: Arc<TaskStates>,
    deployment: DeploymentId,
    health: Option<DeploymentHealth>,
    previous: AllocId,
    next: AllocId,
    followup_eval: EvalId,
    /// Position of its pass.
    pub(super) pass: u32,
    pub(super) scores: Vec<NodeScore>,
    pub(super) coalesced_failures: u32,
    rare: Option<Box<AllocRare>>,
    create_time: Timestamp,
    modify_time: Timestamp,
    create_index: u64,
    modify_index: u64,
    alloc_modify_index: u64,
}

impl AllocRow {
    pub(super) fn of(alloc: &Alloc, job: u32, pass: u32, node_name: Option<Name>) -> Self {
        Self {
            id: alloc.id,
            eval: alloc.eval,
            node: alloc.node,
            node_name,
            job,
            group: Name::clone(&alloc.group),
            index: alloc.index,
            assigned: alloc.assigned.clone(),
            desired: alloc.desired,
            reason: alloc.reason,
            client: alloc.client,
            client_description: Name::clone(&alloc.client_description),
            tasks: Arc::clone(&alloc.tasks),
            deployment: alloc.deployment,
            health: alloc.health,
            previous: alloc.previous,
            next: alloc.next,
            followup_eval: alloc.followup_eval,
            pass,
            scores: alloc.metrics.scores.clone(),
            coalesced_failures: alloc.metrics.coalesced_failures,
            rare: alloc.rare.clone(),
            create_time: alloc.create_time,
            modify_time: alloc.modify_time,
            create_index: alloc.create_index,
            modify_index: alloc.modify_index,
            alloc_modify_index: alloc.alloc_modify_index,
        }
    }

    pub(super) const fn id(&self) -> AllocId {
        self.id
    }

    pub(super) fn into_alloc(self, job: Arc<Job>, node_name: Name, metrics: Arc<AllocMetric>) -> Alloc {
        Alloc {
            id: self.id,
            eval: self.eval,
            node: self.node,
            node_name,
            job,
            group: self.group,
            index: self.index,
            assigned: self.assigned,
            desired: self.desired,
            reason: self.reason,
            client: self.client,
            client_description: self.client_description,
            tasks: self.tasks,
            deployment: self.deployment,
            health: self.health,
            previous: self.previous,
            next: self.next,
            followup_eval: self.followup_eval,
            metrics,
            rare: self.rare,
            create_time: self.create_time,
            modify_time: self.modify_time,
            create_index: self.create_index,
            modify_index: self.modify_index,
            alloc_modify_index: self.alloc_modify_index,
        }
    }
}
