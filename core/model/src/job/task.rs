//! The task: one process, container or machine, and what it needs around it.

use crate::document;
use crate::document::{Any, GoMap};
use crate::{
    Affinity, Artifact, Constraint, ConsulBlock, Identity, Nanos, Resources, Restart, Scaling, SecretBlock,
    Service, Template, Vault, VolumeMount,
};

document! {
    /// One process, container or machine.
    Task / TaskDraft {
        /// Unique within the group.
        name: String = "Name" val show,
        /// Driver that runs it.
        driver: String = "Driver" val show,
        /// User that it runs as.
        user: String = "User" val show,
        /// Understood by the driver only.
        config: Option<Any> = "Config" ptr show,
        /// Rules that every node must meet.
        constraints: Vec<Constraint> = "Constraints" ptr show,
        /// Preferences among nodes.
        affinities: Vec<Affinity> = "Affinities" ptr show,
        /// Environment.
        env: GoMap = "Env" ptr show,
        /// Services that the task offers.
        services: Vec<Service> = "Services" ptr show,
        /// What it asks of its node.
        resources: Option<Resources> = "Resources" ptr show,
        /// How often it is restarted on its node.
        restart: Option<Restart> = "RestartPolicy" ptr show,
        /// Free-form metadata.
        meta: GoMap = "Meta" ptr show,
        /// Wait between the kill signal and SIGKILL.
        kill_timeout: Nanos = "KillTimeout" ptr show,
        /// Rotation of its logs.
        log_config: Option<LogConfig> = "LogConfig" ptr show,
        /// Files fetched before it starts.
        artifacts: Vec<Artifact> = "Artifacts" ptr show,
        /// Vault access.
        vault: Option<Vault> = "Vault" ptr show,
        /// Consul access.
        consul: Option<ConsulBlock> = "Consul" ptr show,
        /// Files rendered before it starts.
        templates: Vec<Template> = "Templates" ptr show,
        /// Where the payload of a dispatch is written.
        dispatch_payload: Option<DispatchPayload> = "DispatchPayload" ptr show,
        /// Volumes that it mounts.
        volume_mounts: Vec<VolumeMount> = "VolumeMounts" ptr show,
        /// Makes it a CSI plugin.
        csi_plugin: Option<CsiPlugin> = "CSIPluginConfig" omit show,
        /// Its end ends the group.
        leader: bool = "Leader" val show,
        /// Wait between deregistering services and stopping it.
        shutdown_delay: Nanos = "ShutdownDelay" val show,
        /// Signal that asks it to stop.
        kill_signal: String = "KillSignal" val show,
        /// Role that the server gave it, such as `connect-proxy:web`.
        kind: String = "Kind" val show,
        /// Vertical scaling; an Enterprise feature.
        scaling_policies: Vec<Scaling> = "ScalingPolicies" ptr show,
        /// The default workload identity.
        identity: Option<Identity> = "Identity" ptr show,
        /// Further workload identities.
        identities: Vec<Identity> = "Identities" ptr show,
        /// Secrets fetched before it starts.
        secrets: Vec<SecretBlock> = "Secrets" ptr show,
        /// Commands that people may run in it.
        actions: Vec<Action> = "Actions" ptr show,
        /// When it runs; an Enterprise feature.
        schedule: Option<TaskSchedule> = "Schedule" ptr show,
        /// When it runs relative to the others.
        lifecycle: Option<Lifecycle> = "Lifecycle" ptr show,
    }
}

document! {
    /// When a task runs relative to the others of its group.
    Lifecycle / LifecycleDraft {
        /// `prestart`, `poststart` or `poststop`.
        hook: String = "Hook" val show,
        /// Keeps running beside the main tasks.
        sidecar: bool = "Sidecar" val show,
    }
}

document! {
    /// Rotation of a task's logs.
    LogConfig / LogConfigDraft {
        /// Files kept per stream.
        max_files: i64 = "MaxFiles" ptr show,
        /// Size of one file in MB.
        max_file_size_mb: i64 = "MaxFileSizeMB" ptr show,
        /// Deprecated inverse of `disabled`.
        enabled: Option<bool> = "Enabled" ptr none,
        /// Collects no logs.
        disabled: bool = "Disabled" ptr show,
    }
}

document! {
    /// Where the payload of a dispatch is written.
    DispatchPayload / DispatchPayloadDraft {
        /// Path in the task's `local` directory.
        file: String = "File" val show,
    }
}

document! {
    /// A command that people may run in a task.
    Action / ActionDraft {
        /// Unique within the task.
        name: String = "Name" val show,
        /// The program.
        command: String = "Command" val show,
        /// Its arguments.
        args: Vec<String> = "Args" val show,
    }
}

document! {
    /// When a task runs.
    TaskSchedule / TaskScheduleDraft {
        /// The schedule.
        cron: Option<TaskCron> = "Cron" ptr show,
    }
}

document! {
    /// The schedule of a task.
    TaskCron / TaskCronDraft {
        /// Six-field cron expression.
        start: String = "Start" val show,
        /// Two fields: minute and hour.
        end: String = "End" val show,
        /// IANA name of the time zone.
        timezone: String = "Timezone" val show,
    }
}

document! {
    /// Makes a task a CSI plugin.
    CsiPlugin / CsiPluginDraft {
        /// Name of the plugin.
        id: String = "ID" val show,
        /// `node`, `controller` or `monolith`.
        plugin_type: String = "Type" val show,
        /// Where its socket directory is mounted.
        mount_dir: String = "MountDir" val show,
        /// Where volumes are staged.
        stage_publish_base_dir: String = "StagePublishBaseDir" val show,
        /// How long it may take to become healthy.
        health_timeout: Nanos = "HealthTimeout" val show,
    }
}
