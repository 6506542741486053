//! Allocations.

use std::collections::BTreeMap;

use super::{JobView, Metric, view};

view! {
    /// An allocation in a list.
    AllocStub {
        /// Id.
        #[serde(rename = "ID")]
        id: String,
        /// Evaluation that made it.
        #[serde(rename = "EvalID")]
        eval_id: String,
        /// Name.
        name: String,
        /// Namespace.
        namespace: String,
        /// Node.
        #[serde(rename = "NodeID")]
        node_id: String,
        /// Name of the node.
        node_name: String,
        /// Job.
        #[serde(rename = "JobID")]
        job_id: String,
        /// Version of the job.
        job_version: u64,
        /// Group.
        task_group: String,
        /// What the servers want.
        desired_status: String,
        /// What the client says.
        client_status: String,
        /// Why.
        client_description: String,
        /// States by task.
        task_states: BTreeMap<String, TaskStateView>,
        /// Index of its making.
        create_index: u64,
        /// Index of its last change.
        modify_index: u64,
        /// Time of its making.
        create_time: i64,
        /// Time of its last change.
        modify_time: i64,
    }

    /// An allocation.
    AllocView {
        /// Id.
        #[serde(rename = "ID")]
        id: String,
        /// Evaluation that made it.
        #[serde(rename = "EvalID")]
        eval_id: String,
        /// Name.
        name: String,
        /// Namespace.
        namespace: String,
        /// Node.
        #[serde(rename = "NodeID")]
        node_id: String,
        /// Name of the node.
        node_name: String,
        /// Job.
        #[serde(rename = "JobID")]
        job_id: String,
        /// The job as it was then.
        job: Option<JobView>,
        /// Group.
        task_group: String,
        /// Resources.
        allocated_resources: Option<AllocatedResources>,
        /// Metrics of its placement.
        metrics: Option<Metric>,
        /// What the servers want.
        desired_status: String,
        /// Why.
        desired_description: String,
        /// What else the servers want.
        desired_transition: DesiredTransition,
        /// What the client says.
        client_status: String,
        /// Why.
        client_description: String,
        /// States by task.
        task_states: BTreeMap<String, TaskStateView>,
        /// Deployment.
        #[serde(rename = "DeploymentID")]
        deployment_id: String,
        /// Health within the deployment.
        deployment_status: Option<AllocDeployment>,
        /// Attempts to reschedule, with their policy.
        reschedule_tracker: Option<serde_json::Value>,
        /// Replacement.
        #[serde(rename = "NextAllocation")]
        next_allocation: String,
        /// Evaluation that will replace it.
        #[serde(rename = "FollowupEvalID")]
        followup_eval_id: String,
        /// Network of the allocation.
        network_status: Option<serde_json::Value>,
        /// Time of its making.
        create_time: i64,
        /// Time of its last change.
        modify_time: i64,
    }

    /// What the servers want of an allocation beside its status.
    DesiredTransition {
        /// It has to leave its node.
        migrate: Option<bool>,
    }

    /// Health of an allocation.
    AllocDeployment {
        /// Whether it is healthy; unknown yet when absent.
        healthy: Option<bool>,
        /// Whether it is a canary.
        canary: bool,
    }

    /// Resources of an allocation.
    AllocatedResources {
        /// By task.
        tasks: BTreeMap<String, TaskResourcesView>,
        /// Of the group.
        shared: SharedResources,
    }

    /// Resources of a group.
    SharedResources {
        /// MiB.
        #[serde(rename = "DiskMB")]
        disk_mb: i64,
        /// Networks.
        networks: Vec<NetworkView>,
        /// Ports.
        ports: Vec<AddressPort>,
    }

    /// Resources of a task.
    TaskResourcesView {
        /// Share of processors.
        cpu: CpuView,
        /// Memory.
        memory: MemoryView,
        /// Networks.
        networks: Vec<NetworkView>,
    }

    /// Share of processors.
    CpuView {
        /// MHz.
        cpu_shares: i64,
    }

    /// Memory.
    MemoryView {
        /// MiB.
        #[serde(rename = "MemoryMB")]
        memory_mb: i64,
        /// MiB it may grow to.
        #[serde(rename = "MemoryMaxMB")]
        memory_max_mb: i64,
    }

    /// A network.
    NetworkView {
        /// `host`, `bridge` or another mode.
        mode: String,
        /// Address.
        #[serde(rename = "IP")]
        ip: String,
        /// Fixed ports.
        reserved_ports: Vec<AddressPort>,
        /// Ports that were chosen.
        dynamic_ports: Vec<AddressPort>,
    }

    /// A port.
    AddressPort {
        /// Label.
        label: String,
        /// Port on the host.
        value: i64,
        /// Port inside.
        to: i64,
        /// Address on the host.
        #[serde(rename = "HostIP")]
        host_ip: String,
    }

    /// State of a task.
    TaskStateView {
        /// `pending`, `running` or `dead`.
        state: String,
        /// Whether it ended badly.
        failed: bool,
        /// How often it was restarted.
        restarts: u64,
        /// When last, RFC 3339.
        last_restart: String,
        /// Since when, RFC 3339.
        started_at: String,
        /// When it ended, RFC 3339.
        finished_at: String,
        /// What happened, oldest first.
        events: Vec<TaskEventView>,
    }

    /// Something that happened to a task.
    TaskEventView {
        /// Kind.
        #[serde(rename = "Type")]
        kind: String,
        /// When.
        time: i64,
        /// For people.
        display_message: String,
        /// Arguments.
        details: BTreeMap<String, String>,
    }

    /// Result of a health check.
    CheckStatus {
        /// Name.
        check: String,
        /// Service.
        service: String,
        /// Task; empty for the group's.
        task: String,
        /// `healthiness` or `readiness`.
        mode: String,
        /// `success`, `failure` or `pending`.
        status: String,
    }
}

impl TaskStateView {
    /// Returns a time text, or `None` for the year 1 that stands for "never".
    #[must_use]
    pub fn known_time(text: &str) -> Option<&str> {
        (!text.is_empty() && !text.starts_with("0001-")).then_some(text)
    }
}
