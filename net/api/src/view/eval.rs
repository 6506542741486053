//! Evaluations.

use std::collections::BTreeMap;

use super::{AllocStub, Metric, view};

view! {
    /// An evaluation.
    EvalView {
        /// Id.
        #[serde(rename = "ID")]
        id: String,
        /// Namespace.
        namespace: String,
        /// Priority.
        priority: i64,
        /// Kind of job.
        #[serde(rename = "Type")]
        kind: String,
        /// What made it.
        triggered_by: String,
        /// Job.
        #[serde(rename = "JobID")]
        job_id: String,
        /// Node, when one made it.
        #[serde(rename = "NodeID")]
        node_id: String,
        /// Deployment.
        #[serde(rename = "DeploymentID")]
        deployment_id: String,
        /// Status.
        status: String,
        /// Why.
        status_description: String,
        /// When it runs, RFC 3339.
        wait_until: String,
        /// Evaluation after it.
        next_eval: String,
        /// Evaluation before it.
        previous_eval: String,
        /// Evaluation that waits for room.
        blocked_eval: String,
        /// Others of the same chain.
        related_evals: Vec<RelatedEval>,
        /// Groups that could not be placed, and why.
        #[serde(rename = "FailedTGAllocs")]
        failed_tg_allocs: BTreeMap<String, Metric>,
        /// What the plan does.
        plan_annotations: Option<PlanAnnotations>,
        /// Index of its making.
        create_index: u64,
        /// Index of its last change.
        modify_index: u64,
        /// Time of its making.
        create_time: i64,
        /// Time of its last change.
        modify_time: i64,
    }

    /// Another evaluation of the same chain.
    RelatedEval {
        /// Id.
        #[serde(rename = "ID")]
        id: String,
        /// Priority.
        priority: i64,
        /// What made it.
        triggered_by: String,
        /// Node.
        #[serde(rename = "NodeID")]
        node_id: String,
        /// Status.
        status: String,
        /// Why.
        status_description: String,
    }

    /// What a plan does.
    PlanAnnotations {
        /// By group.
        #[serde(rename = "DesiredTGUpdates")]
        desired_tg_updates: BTreeMap<String, TaskGroupUpdate>,
        /// Allocations that make room.
        preempted_allocs: Vec<AllocStub>,
    }

    /// What a plan does to a group.
    TaskGroupUpdate {
        /// Left alone.
        ignore: u64,
        /// Placed.
        place: u64,
        /// Moved.
        migrate: u64,
        /// Stopped.
        stop: u64,
        /// Updated where they are.
        in_place_update: u64,
        /// Replaced.
        destructive_update: u64,
        /// Placed as canaries.
        canary: u64,
        /// Stopped to make room.
        preemptions: u64,
        /// Marked as disconnected.
        disconnect: u64,
        /// Taken back.
        reconnect: u64,
        /// Rescheduled now.
        reschedule_now: u64,
        /// Rescheduled later.
        reschedule_later: u64,
    }
}
