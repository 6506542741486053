//! The task group: tasks that run together on one node.

use std::collections::BTreeMap;

use crate::document;
use crate::document::{Any, GoMap};
use crate::{
    Affinity, Constraint, ConsulBlock, Disconnect, EphemeralDisk, Migrate, Nanos, NetworkAsk, Reschedule,
    Restart, Service, Spread, Task, Update, VolumeRequest,
};

document! {
    /// Tasks that are placed together on one node, `count` times.
    TaskGroup / TaskGroupDraft {
        /// Unique within the job.
        name: String = "Name" ptr show,
        /// How many allocations.
        count: i64 = "Count" ptr show,
        /// Rules that every node must meet.
        constraints: Vec<Constraint> = "Constraints" ptr show,
        /// Preferences among nodes.
        affinities: Vec<Affinity> = "Affinities" ptr show,
        /// The tasks.
        tasks: Vec<Task> = "Tasks" ptr show,
        /// How allocations are spread over nodes.
        spreads: Vec<Spread> = "Spreads" ptr show,
        /// Volumes that its tasks may mount.
        volumes: BTreeMap<String, VolumeRequest> = "Volumes" ptr show,
        /// How often a failed task is restarted on its node.
        restart: Option<Restart> = "RestartPolicy" ptr show,
        /// What happens while its client is disconnected.
        disconnect: Option<Disconnect> = "Disconnect" ptr show,
        /// How a failed allocation moves to another node.
        reschedule: Option<Reschedule> = "ReschedulePolicy" ptr show,
        /// Disk shared by its tasks.
        ephemeral_disk: Option<EphemeralDisk> = "EphemeralDisk" ptr show,
        /// How allocations are updated.
        update: Option<Update> = "Update" ptr show,
        /// How allocations leave a draining node.
        migrate: Option<Migrate> = "Migrate" ptr show,
        /// Networks; only the first is used.
        networks: Vec<NetworkAsk> = "Networks" ptr show,
        /// Free-form metadata.
        meta: GoMap = "Meta" ptr show,
        /// Services that the group offers.
        services: Vec<Service> = "Services" ptr show,
        /// Wait between deregistering services and stopping tasks.
        shutdown_delay: Option<Nanos> = "ShutdownDelay" ptr show,
        /// Accepted for old job files, without effect.
        stop_after_client_disconnect: Option<Nanos> = "StopAfterClientDisconnect" ptr show,
        /// Accepted for old job files, without effect.
        max_client_disconnect: Option<Nanos> = "MaxClientDisconnect" ptr show,
        /// Longest time that an allocation may run.
        max_run_duration: Option<Nanos> = "MaxRunDuration" ptr show,
        /// Bounds between which autoscalers may move the count.
        scaling: Option<Scaling> = "Scaling" ptr show,
        /// Consul settings of the group.
        consul: Option<ConsulBlock> = "Consul" ptr show,
        /// Accepted for old job files, without effect.
        prevent_reschedule_on_lost: bool = "PreventRescheduleOnLost" ptr show,
    }
}

document! {
    /// Bounds and policy for an autoscaler.
    Scaling / ScalingDraft {
        /// Identifies the policy.
        id: String = "ID" val show,
        /// Namespace of the job.
        namespace: String = "Namespace" val none,
        /// What is scaled: namespace, job, group.
        target: GoMap = "Target" ptr show,
        /// Smallest count.
        min: i64 = "Min" ptr show,
        /// Largest count.
        max: i64 = "Max" ptr show,
        /// Understood by the autoscaler only.
        policy: Option<Any> = "Policy" ptr show,
        /// Whether it is in force.
        enabled: bool = "Enabled" ptr show,
        /// `horizontal`, `vertical_cpu` or `vertical_mem`.
        scaling_type: String = "Type" val show,
        /// Index of its creation.
        create_index: u64 = "CreateIndex" val show,
        /// Index of its last change.
        modify_index: u64 = "ModifyIndex" val show,
    }
}
