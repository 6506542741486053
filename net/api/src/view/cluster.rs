//! Namespaces, node pools and how the cluster schedules.

use std::collections::BTreeMap;

use super::view;

view! {
    /// A namespace.
    NamespaceView {
        /// Name.
        name: String,
        /// What it is for.
        description: String,
        /// Quota that it is held to.
        quota: String,
        /// Drivers and network modes that it may use.
        capabilities: Option<NamespaceCapabilitiesView>,
        /// Node pools that it may use.
        node_pool_configuration: Option<NamespaceNodePoolView>,
        /// Free-form metadata.
        meta: BTreeMap<String, String>,
    }

    /// Drivers and network modes that a namespace may use.
    NamespaceCapabilitiesView {
        /// Only these drivers.
        enabled_task_drivers: Vec<String>,
        /// Not these drivers.
        disabled_task_drivers: Vec<String>,
        /// Only these network modes.
        enabled_network_modes: Vec<String>,
        /// Not these network modes.
        disabled_network_modes: Vec<String>,
    }

    /// Node pools that a namespace may use.
    NamespaceNodePoolView {
        /// Pool of jobs that name none.
        default: String,
        /// Only these pools.
        allowed: Vec<String>,
        /// Not these pools.
        denied: Vec<String>,
    }

    /// A node pool.
    NodePoolView {
        /// Name.
        name: String,
        /// What it is for.
        description: String,
        /// Free-form metadata.
        meta: BTreeMap<String, String>,
        /// How its nodes are scheduled.
        scheduler_configuration: Option<NodePoolSchedulerView>,
        /// How long the identities of its nodes are valid, in nanoseconds.
        #[serde(rename = "NodeIdentityTTL")]
        node_identity_ttl: i64,
    }

    /// How the nodes of a pool are scheduled.
    NodePoolSchedulerView {
        /// Algorithm; empty means the cluster's.
        scheduler_algorithm: String,
        /// Lets memory_max go beyond what is free.
        memory_oversubscription_enabled: Option<bool>,
    }

    /// The answer about the scheduler's configuration.
    SchedulerAnswer {
        /// The configuration.
        scheduler_config: SchedulerConfigView,
    }

    /// How the cluster schedules.
    SchedulerConfigView {
        /// `pack`, `binpack` or `spread`.
        scheduler_algorithm: String,
        /// Lets memory_max go beyond what is free.
        memory_oversubscription_enabled: bool,
        /// Refuses registrations without a management token.
        reject_job_registration: bool,
        /// Stops handing out evaluations.
        pause_eval_broker: bool,
        /// Which job types may evict others.
        preemption_config: PreemptionView,
        /// Kept for compatibility.
        node_limit_for_feasibility_checks: u64,
        /// Index of the last change.
        modify_index: u64,
    }

    /// Which job types may evict allocations of lower priority.
    PreemptionView {
        /// System jobs.
        system_scheduler_enabled: bool,
        /// Service jobs.
        service_scheduler_enabled: bool,
        /// Batch jobs.
        batch_scheduler_enabled: bool,
        /// Sysbatch jobs.
        sys_batch_scheduler_enabled: bool,
    }
}
