//! Deployments.

use std::collections::BTreeMap;

use super::view;

view! {
    /// A deployment.
    DeploymentView {
        /// Id.
        #[serde(rename = "ID")]
        id: String,
        /// Namespace.
        namespace: String,
        /// Job.
        #[serde(rename = "JobID")]
        job_id: String,
        /// Version of the job.
        job_version: u64,
        /// Status.
        status: String,
        /// Why.
        status_description: String,
        /// By group.
        task_groups: BTreeMap<String, DeploymentGroup>,
        /// Index of its making.
        create_index: u64,
        /// Index of its last change.
        modify_index: u64,
    }

    /// What a change of a deployment led to.
    DeploymentChange {
        /// The evaluation that follows; empty when there is none.
        #[serde(rename = "EvalID")]
        eval_id: String,
        /// Version that the job went back to.
        reverted_job_version: Option<u64>,
    }

    /// How far a group is.
    DeploymentGroup {
        /// Goes back to the last version that was good when it fails.
        auto_revert: bool,
        /// Whether its canaries were promoted.
        promoted: bool,
        /// Canaries that are wanted.
        desired_canaries: i64,
        /// Allocations that are wanted.
        desired_total: i64,
        /// Allocations that were placed.
        placed_allocs: i64,
        /// Healthy ones.
        healthy_allocs: i64,
        /// Unhealthy ones.
        unhealthy_allocs: i64,
        /// When it must have made progress, RFC 3339.
        require_progress_by: String,
    }
}

impl DeploymentView {
    /// Tells whether nothing will change any more.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        !matches!(
            self.status.as_str(),
            "running" | "paused" | "pending" | "blocked" | "unblocking" | "initializing"
        )
    }
}
