//! Documents about the cluster: namespaces, node pools, scheduler configuration.

use crate::document;
use crate::document::GoMap;

document! {
    /// A division of jobs and permissions.
    Namespace / NamespaceDraft {
        /// Its name.
        name: String = "Name" val show,
        /// Shown to people.
        description: String = "Description" val show,
        /// Quota that it is held to.
        quota: String = "Quota" val show,
        /// Drivers and network modes it may use.
        capabilities: Option<NamespaceCapabilities> = "Capabilities" ptr show,
        /// Node pools it may use.
        node_pool: Option<NamespaceNodePool> = "NodePoolConfiguration" ptr show,
        /// Free-form metadata.
        meta: GoMap = "Meta" val show,
        /// Index that created it.
        create_index: u64 = "CreateIndex" val show,
        /// Index that last changed it.
        modify_index: u64 = "ModifyIndex" val show,
    }
}

document! {
    /// Drivers and network modes that a namespace may use.
    NamespaceCapabilities / NamespaceCapabilitiesDraft {
        /// Only these drivers.
        enabled_task_drivers: Vec<String> = "EnabledTaskDrivers" val show,
        /// Not these drivers.
        disabled_task_drivers: Vec<String> = "DisabledTaskDrivers" val show,
        /// Only these network modes.
        enabled_network_modes: Vec<String> = "EnabledNetworkModes" val show,
        /// Not these network modes.
        disabled_network_modes: Vec<String> = "DisabledNetworkModes" val show,
    }
}

document! {
    /// Node pools that a namespace may use.
    NamespaceNodePool / NamespaceNodePoolDraft {
        /// Pool of jobs that name none.
        default: String = "Default" val show,
        /// Only these pools.
        allowed: Vec<String> = "Allowed" val show,
        /// Not these pools.
        denied: Vec<String> = "Denied" val show,
    }
}

document! {
    /// A division of nodes.
    NodePool / NodePoolDraft {
        /// Its name.
        name: String = "Name" val show,
        /// Shown to people.
        description: String = "Description" val show,
        /// Free-form metadata.
        meta: GoMap = "Meta" val show,
        /// How its nodes are scheduled.
        scheduler: Option<NodePoolScheduler> = "SchedulerConfiguration" ptr show,
        /// Index that created it.
        create_index: u64 = "CreateIndex" val show,
        /// Index that last changed it.
        modify_index: u64 = "ModifyIndex" val show,
    }
}

document! {
    /// How the nodes of a pool are scheduled.
    NodePoolScheduler / NodePoolSchedulerDraft {
        /// `pack`, `binpack` or `spread`; empty means the cluster's.
        algorithm: String = "SchedulerAlgorithm" val show,
        /// Lets memory_max go beyond what is free.
        memory_oversubscription: Option<bool> = "MemoryOversubscriptionEnabled" ptr show,
    }
}

document! {
    /// How the cluster schedules.
    SchedulerConfig / SchedulerConfigDraft {
        /// `pack`, `binpack` or `spread`.
        algorithm: String = "SchedulerAlgorithm" val show,
        /// Which job types may evict others.
        preemption: PreemptionConfig = "PreemptionConfig" val show,
        /// Lets memory_max go beyond what is free.
        memory_oversubscription: bool = "MemoryOversubscriptionEnabled" val show,
        /// Refuses registrations without a management token.
        reject_job_registration: bool = "RejectJobRegistration" val show,
        /// Stops handing out evaluations.
        pause_eval_broker: bool = "PauseEvalBroker" val show,
        /// Kept for compatibility: every node is always looked at.
        node_limit_for_feasibility_checks: u64 = "NodeLimitForFeasibilityChecks" val show,
        /// Index that created it.
        create_index: u64 = "CreateIndex" val show,
        /// Index that last changed it.
        modify_index: u64 = "ModifyIndex" val show,
    }
}

document! {
    /// Which job types may evict allocations of lower priority.
    PreemptionConfig / PreemptionConfigDraft {
        /// System jobs.
        system: bool = "SystemSchedulerEnabled" val show,
        /// Sysbatch jobs.
        sysbatch: bool = "SysBatchSchedulerEnabled" val show,
        /// Batch jobs.
        batch: bool = "BatchSchedulerEnabled" val show,
        /// Service jobs.
        service: bool = "ServiceSchedulerEnabled" val show,
    }
}

impl SchedulerConfig {
    /// The configuration of a new cluster.
    #[must_use]
    pub fn initial() -> Self {
        Self {
            algorithm: "pack".to_owned(),
            preemption: PreemptionConfig { system: true, ..PreemptionConfig::default() },
            node_limit_for_feasibility_checks: 100,
            ..Self::default()
        }
    }
}

document! {
    /// The text a job version was submitted as.
    JobSubmission / JobSubmissionDraft {
        /// The text.
        source: String = "Source" val show,
        /// `hcl2` or `json`.
        format: String = "Format" val show,
        /// Simple variables by name.
        variable_flags: GoMap = "VariableFlags" val show,
        /// Other variables as text.
        variables: String = "Variables" val show,
        /// Namespace of the job.
        namespace: String = "Namespace" val show,
        /// The job.
        job_id: String = "JobID" val show,
        /// Its version.
        version: u64 = "Version" val show,
        /// Index of the job's specification.
        job_modify_index: u64 = "JobModifyIndex" val show,
    }
}

/// A number of children or allocations of a job by status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct GroupSummary {
    /// Wait to be placed.
    pub queued: u32,
    /// Ended well.
    pub complete: u32,
    /// Ended badly.
    pub failed: u32,
    /// Run.
    pub running: u32,
    /// Placed and not started yet.
    pub starting: u32,
    /// Their node is down.
    pub lost: u32,
    /// Their node is disconnected.
    pub unknown: u32,
}

/// A number of children of a parent job by status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct ChildrenSummary {
    /// Not running yet.
    pub pending: u32,
    /// Running.
    pub running: u32,
    /// Ended.
    pub dead: u32,
}
