//! The job itself and the blocks that only a job has.

use crate::document;
use crate::document::GoMap;
use crate::{Affinity, Constraint, Migrate, Reschedule, Spread, TaskGroup, Update};

document! {
    /// What people ask the cluster to run: groups of tasks, and the rules by which they are placed.
    Job / JobDraft {
        /// Removes the job from scheduling when set.
        stop: bool = "Stop" ptr show,
        /// Region that runs it.
        region: String = "Region" ptr show,
        /// Namespace it belongs to.
        namespace: String = "Namespace" ptr show,
        /// Unique within its namespace.
        id: String = "ID" ptr show,
        /// Parent of a dispatched or periodic child; empty for others.
        parent_id: String = "ParentID" ptr show,
        /// Shown to people; defaults to the id.
        name: String = "Name" ptr show,
        /// `service`, `batch`, `system` or `sysbatch`.
        job_type: String = "Type" ptr show,
        /// 1 to 100; higher goes first.
        priority: i64 = "Priority" ptr show,
        /// Commits a plan only if all of it can be placed.
        all_at_once: bool = "AllAtOnce" ptr show,
        /// Datacenters it may run in; `*` matches any text.
        datacenters: Vec<String> = "Datacenters" ptr show,
        /// Pool of nodes it may run in.
        node_pool: String = "NodePool" ptr show,
        /// Rules that every node must meet.
        constraints: Vec<Constraint> = "Constraints" ptr show,
        /// Preferences among nodes.
        affinities: Vec<Affinity> = "Affinities" ptr show,
        /// Groups of tasks.
        task_groups: Vec<TaskGroup> = "TaskGroups" ptr show,
        /// How allocations are updated; groups inherit it.
        update: Option<Update> = "Update" ptr show,
        /// Federated deployment; an Enterprise feature that is refused.
        multiregion: Option<Multiregion> = "Multiregion" ptr show,
        /// How allocations are spread over nodes.
        spreads: Vec<Spread> = "Spreads" ptr show,
        /// Runs the job on a schedule.
        periodic: Option<Periodic> = "Periodic" ptr show,
        /// Makes the job a template that is dispatched.
        parameterized: Option<Parameterized> = "ParameterizedJob" ptr show,
        /// Input only: pushed down to groups.
        reschedule: Option<Reschedule> = "Reschedule" ptr none,
        /// Input only: pushed down to groups.
        migrate: Option<Migrate> = "Migrate" ptr none,
        /// Set on dispatched children.
        dispatched: bool = "Dispatched" val show,
        /// Token that makes a dispatch idempotent.
        dispatch_idempotency_token: String = "DispatchIdempotencyToken" ptr show,
        /// Payload of a dispatched child, base64.
        payload: Option<String> = "Payload" ptr show,
        /// Consul namespace.
        consul_namespace: String = "ConsulNamespace" ptr show,
        /// Vault namespace.
        vault_namespace: String = "VaultNamespace" ptr show,
        /// Accessor of the token that registered it.
        nomad_token_id: String = "NomadTokenID" ptr show,
        /// Free-form metadata.
        meta: GoMap = "Meta" ptr show,
        /// What a web UI shows of it.
        ui: Option<JobUi> = "UI" ptr show,
        /// `pending`, `running` or `dead`; kept by the server.
        status: String = "Status" ptr show,
        /// More about the status.
        status_description: String = "StatusDescription" ptr show,
        /// Whether this version was deployed successfully.
        stable: bool = "Stable" ptr show,
        /// Counts registrations that changed the job, from 0.
        version: u64 = "Version" ptr show,
        /// When it was submitted: nanoseconds since the epoch.
        submit_time: Option<i64> = "SubmitTime" ptr show,
        /// Index of the first registration.
        create_index: u64 = "CreateIndex" ptr show,
        /// Index of the last change, status included.
        modify_index: u64 = "ModifyIndex" ptr show,
        /// Index of the last change of the specification.
        job_modify_index: u64 = "JobModifyIndex" ptr show,
        /// A name given to this version.
        version_tag: Option<VersionTag> = "VersionTag" ptr show,
    }
}

document! {
    /// A name given to a version of a job, which protects it from garbage collection.
    VersionTag / VersionTagDraft {
        /// The name.
        name: String = "Name" val show,
        /// At most 1,000 characters.
        description: String = "Description" val show,
        /// When it was given: nanoseconds since the epoch.
        tagged_time: i64 = "TaggedTime" val show,
    }
}

document! {
    /// Launches a job on a schedule.
    Periodic / PeriodicDraft {
        /// Whether it launches at all.
        enabled: bool = "Enabled" ptr show,
        /// One cron expression; deprecated.
        spec: String = "Spec" ptr show,
        /// Cron expressions; the earliest next time counts.
        specs: Vec<String> = "Specs" val show,
        /// `cron`.
        spec_type: String = "SpecType" ptr show,
        /// Skips a launch while the previous child runs.
        prohibit_overlap: bool = "ProhibitOverlap" ptr show,
        /// IANA name of the time zone.
        time_zone: String = "TimeZone" ptr show,
    }
}

document! {
    /// Makes a job a template for dispatched children.
    Parameterized / ParameterizedDraft {
        /// `optional`, `required` or `forbidden`.
        payload: String = "Payload" val show,
        /// Keys that a dispatch must give.
        meta_required: Vec<String> = "MetaRequired" val show,
        /// Keys that a dispatch may give.
        meta_optional: Vec<String> = "MetaOptional" val show,
    }
}

document! {
    /// What a web UI shows of a job.
    JobUi / JobUiDraft {
        /// Markdown, at most 1,000 characters.
        description: String = "Description" val show,
        /// Links to other sites.
        links: Vec<JobLink> = "Links" val show,
    }
}

document! {
    /// A link to another site.
    JobLink / JobLinkDraft {
        /// Text of the link.
        label: String = "Label" val show,
        /// Its target.
        url: String = "URL" / "Url" val show,
    }
}

document! {
    /// Deployment over several regions; parsed and refused, as Nomad's community edition does.
    Multiregion / MultiregionDraft {
        /// Order and failure rule.
        strategy: Option<MultiregionStrategy> = "Strategy" ptr show,
        /// The regions.
        regions: Vec<MultiregionRegion> = "Regions" ptr show,
    }
}

document! {
    /// How a multiregion deployment proceeds.
    MultiregionStrategy / MultiregionStrategyDraft {
        /// Regions at a time.
        max_parallel: i64 = "MaxParallel" ptr show,
        /// Empty, `fail_all` or `fail_local`.
        on_failure: String = "OnFailure" ptr show,
    }
}

document! {
    /// One region of a multiregion job.
    MultiregionRegion / MultiregionRegionDraft {
        /// Name of the region.
        name: String = "Name" val show,
        /// Count that replaces the groups' zero counts.
        count: i64 = "Count" ptr show,
        /// Datacenters there.
        datacenters: Vec<String> = "Datacenters" ptr show,
        /// Node pool there.
        node_pool: String = "NodePool" val show,
        /// Metadata merged into the job's.
        meta: GoMap = "Meta" ptr show,
    }
}
