//! The allocation record.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    AllocMetric, AllocTransition, Assigned, ClientStatus, DesiredStatus, RescheduleTracker, StopReason,
    TaskStates,
};
use crate::{AllocId, DeploymentId, EvalId, Job, JobKey, Name, NodeId, TaskGroup, Timestamp};

/// One instance of a task group on one node.
#[derive(Debug, Clone)]
pub struct Alloc {
    /// Its id.
    pub id: AllocId,
    /// The evaluation that placed it or changed it last.
    pub eval: EvalId,
    /// Its node.
    pub node: NodeId,
    /// The node's name when it was placed.
    pub node_name: Name,
    /// The version of the job that it runs; shared by all its allocations.
    pub job: Arc<Job>,
    /// Name of its group.
    pub group: Name,
    /// Number in its name.
    pub index: u32,
    /// Ports, cores and devices.
    pub assigned: Assigned,
    /// What the server wants.
    pub desired: DesiredStatus,
    /// Why.
    pub reason: StopReason,
    /// What the client reports.
    pub client: ClientStatus,
    /// One sentence about it by the client.
    pub client_description: Name,
    /// Its tasks; empty until the client reports.
    pub tasks: Arc<TaskStates>,
    /// Deployment that placed it.
    pub deployment: DeploymentId,
    /// Its health in that deployment.
    pub health: Option<DeploymentHealth>,
    /// Allocation that it replaces.
    pub previous: AllocId,
    /// Allocation that replaces it.
    pub next: AllocId,
    /// Evaluation that will look at it again.
    pub followup_eval: EvalId,
    /// Why it was placed here.
    pub metrics: Arc<AllocMetric>,
    /// What few allocations have.
    pub rare: Option<Box<AllocRare>>,
    /// When it was placed.
    pub create_time: Timestamp,
    /// When it last changed.
    pub modify_time: Timestamp,
    /// Index that created it.
    pub create_index: u64,
    /// Index that last changed it.
    pub modify_index: u64,
    /// Index at which the server last changed it.
    pub alloc_modify_index: u64,
}

/// What few allocations have.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AllocRare {
    /// Wishes that wait for the next evaluation.
    pub transition: AllocTransition,
    /// Earlier moves.
    pub reschedule: Option<RescheduleTracker>,
    /// Allocations that it evicted.
    pub preempted: Vec<AllocId>,
    /// Allocation that evicted it.
    pub preempted_by: AllocId,
    /// Changes of its client status by the server: unknown, reconnected.
    pub states: Vec<AllocState>,
    /// Its network as the client reports it.
    pub network: Option<NetworkStatus>,
}

/// A change of client status that the server recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllocState {
    /// The status.
    pub status: ClientStatus,
    /// When.
    pub time: Timestamp,
}

/// The network of an allocation as its client reports it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NetworkStatus {
    /// Interface inside the namespace.
    pub interface: Name,
    /// Address inside the namespace.
    pub address: Name,
    /// IPv6 address inside the namespace.
    pub address_v6: Name,
}

/// The health of an allocation in its deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DeploymentHealth {
    /// Decided yet, and how.
    pub healthy: Option<bool>,
    /// When it was decided.
    pub time: Timestamp,
    /// Whether it is a canary.
    pub canary: bool,
    /// Index of the decision.
    pub modify_index: u64,
}

impl Alloc {
    /// `<job>.<group>[<index>]`; system jobs use the job's name, others its id.
    #[must_use]
    pub fn name(&self) -> String {
        let job = if self.job.kind().is_system() { &self.job.name } else { &self.job.id };
        format!("{job}.{}[{}]", self.group, self.index)
    }

    /// The job that it belongs to.
    #[must_use]
    pub fn job_key(&self) -> JobKey {
        self.job.key()
    }

    /// Its group in its version of the job.
    #[must_use]
    pub fn task_group(&self) -> Option<&TaskGroup> {
        self.job.group(&self.group)
    }

    /// Whether either side is done with it.
    #[must_use]
    pub const fn is_terminal(&self) -> bool {
        self.desired.is_terminal() || self.client.is_terminal()
    }

    /// Whether its client is done with it: it holds no resources any more.
    #[must_use]
    pub const fn client_terminal(&self) -> bool {
        self.client.is_terminal()
    }

    /// Wishes that wait for the next evaluation.
    #[must_use]
    pub fn transition(&self) -> AllocTransition {
        self.rare.as_ref().map_or_else(AllocTransition::default, |rare| rare.transition)
    }

    /// Its earlier moves.
    #[must_use]
    pub fn reschedule(&self) -> Option<&RescheduleTracker> {
        self.rare.as_ref().and_then(|rare| rare.reschedule.as_ref())
    }

    /// What few allocations have, made when it is first needed.
    pub fn rare_mut(&mut self) -> &mut AllocRare {
        self.rare.get_or_insert_with(Box::default)
    }

    /// Whether it is a canary of its deployment.
    #[must_use]
    pub fn is_canary(&self) -> bool {
        self.health.is_some_and(|health| health.canary)
    }

    /// Whether all its tasks ended without failing.
    #[must_use]
    pub fn ran_successfully(&self) -> bool {
        !self.tasks.is_empty() && self.tasks.values().all(super::TaskState::successful)
    }
}
