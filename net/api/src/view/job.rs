//! Jobs.

use std::collections::BTreeMap;

use super::view;

view! {
    /// A job in a list.
    JobStub {
        /// Id.
        #[serde(rename = "ID")]
        id: String,
        /// Parent of a dispatched or periodic child.
        #[serde(rename = "ParentID")]
        parent_id: String,
        /// Namespace.
        namespace: String,
        /// Name.
        name: String,
        /// `service`, `batch`, `system` or `sysbatch`.
        #[serde(rename = "Type")]
        job_type: String,
        /// Whether it is periodic.
        periodic: bool,
        /// Whether it is a template for dispatches.
        parameterized_job: bool,
        /// Whether it was stopped.
        stop: bool,
        /// Priority.
        priority: i64,
        /// `pending`, `running` or `dead`.
        status: String,
        /// Time of the last submission.
        submit_time: i64,
    }

    /// A job.
    JobView {
        /// Id.
        #[serde(rename = "ID")]
        id: String,
        /// Parent of a dispatched or periodic child.
        #[serde(rename = "ParentID")]
        parent_id: String,
        /// Name.
        name: String,
        /// Namespace.
        namespace: String,
        /// Region.
        region: String,
        /// Kind of job.
        #[serde(rename = "Type")]
        job_type: String,
        /// Priority.
        priority: i64,
        /// Datacenters.
        datacenters: Vec<String>,
        /// Node pool.
        node_pool: String,
        /// Status.
        status: String,
        /// Whether it was stopped.
        stop: bool,
        /// Schedule.
        periodic: Option<PeriodicView>,
        /// Present on templates for dispatches.
        parameterized_job: Option<ParameterizedView>,
        /// Whether it is a dispatched child.
        dispatched: bool,
        /// Token of an idempotent dispatch.
        dispatch_idempotency_token: String,
        /// Groups.
        task_groups: Vec<TaskGroupView>,
        /// Version.
        version: u64,
        /// Whether this version was deployed well.
        stable: bool,
        /// The name of this version.
        version_tag: Option<VersionTagView>,
        /// Time of the last submission.
        submit_time: i64,
        /// Index of the last change of the specification.
        job_modify_index: u64,
    }

    /// The versions of a job.
    VersionsView {
        /// Newest first.
        versions: Vec<JobView>,
        /// What they changed, in the same order, as far as it was asked for.
        diffs: Vec<super::JobDiff>,
    }

    /// The name of a version.
    VersionTagView {
        /// The name.
        name: String,
        /// What it is about.
        description: String,
    }

    /// When a job is launched.
    PeriodicView {
        /// Whether it is launched at all.
        enabled: bool,
        /// Cron expression.
        spec: String,
        /// Cron expressions.
        specs: Vec<String>,
        /// Time zone.
        time_zone: String,
    }

    /// What a dispatch may and must give.
    ParameterizedView {
        /// `optional`, `required` or `forbidden`.
        payload: String,
        /// Keys that must be given.
        meta_required: Vec<String>,
        /// Keys that may be given.
        meta_optional: Vec<String>,
    }

    /// A group of tasks.
    TaskGroupView {
        /// Name.
        name: String,
        /// How many.
        count: i64,
        /// Tasks.
        tasks: Vec<TaskView>,
        /// How failed allocations are replaced.
        reschedule_policy: Option<ReschedulePolicyView>,
    }

    /// How failed allocations are replaced.
    ReschedulePolicyView {
        /// How often within the interval.
        attempts: u64,
        /// Nanoseconds.
        interval: i64,
        /// Without end.
        unlimited: bool,
    }

    /// A task.
    TaskView {
        /// Name.
        name: String,
        /// When it runs.
        lifecycle: Option<LifecycleView>,
        /// Actions that can be run in it.
        actions: Vec<ActionView>,
    }

    /// When a task runs.
    LifecycleView {
        /// `prestart`, `poststart` or `poststop`.
        hook: String,
        /// Whether it runs beside the main task.
        sidecar: bool,
    }

    /// An action.
    ActionView {
        /// Name.
        name: String,
    }

    /// How a job's allocations are.
    JobSummary {
        /// By group.
        summary: BTreeMap<String, GroupSummary>,
        /// Of the children.
        children: Option<ChildrenSummary>,
    }

    /// How a group's allocations are.
    GroupSummary {
        /// Waiting for room.
        queued: i64,
        /// Ended well.
        complete: i64,
        /// Ended badly.
        failed: i64,
        /// Running.
        running: i64,
        /// Being started.
        starting: i64,
        /// Gone with their node.
        lost: i64,
        /// On a node that is disconnected.
        unknown: i64,
    }

    /// How the children of a job are.
    ChildrenSummary {
        /// Waiting.
        pending: i64,
        /// Running.
        running: i64,
        /// Ended.
        dead: i64,
    }

    /// The answer to registering or stopping a job.
    RegisterResponse {
        /// Evaluation that was made; empty when none is needed.
        #[serde(rename = "EvalID")]
        eval_id: String,
        /// Index of the job.
        job_modify_index: u64,
        /// Warnings, one text.
        warnings: String,
    }

    /// The answer to dispatching a job.
    DispatchResponse {
        /// The child.
        #[serde(rename = "DispatchedJobID")]
        dispatched_job_id: String,
        /// Its evaluation; empty when none is needed.
        #[serde(rename = "EvalID")]
        eval_id: String,
    }

    /// The counts of a job's groups.
    ScaleStatusView {
        /// By group.
        task_groups: BTreeMap<String, GroupScaleView>,
    }

    /// What was said about the count of a group.
    GroupScaleView {
        /// Newest first.
        events: Vec<ScalingEventView>,
    }

    /// A change of a count, or a remark about it.
    ScalingEventView {
        /// The new count; none for a remark.
        count: Option<i64>,
        /// The count before.
        previous_count: i64,
        /// Whether a failure was reported.
        error: bool,
        /// What was said.
        message: String,
        /// The evaluation that followed.
        #[serde(rename = "EvalID")]
        eval_id: String,
        /// When it was recorded.
        time: i64,
    }

    /// The answer to validating a job.
    ValidateResponse {
        /// Whether an agent checked the drivers' configuration.
        driver_config_validated: bool,
        /// Errors one by one.
        validation_errors: Vec<String>,
        /// All errors as one text.
        error: String,
        /// Warnings, one text.
        warnings: String,
    }
}
