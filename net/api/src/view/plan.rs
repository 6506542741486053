//! What a changed job would do.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{GroupExplainedView, Metric, PlanAnnotations, view};

/// How a thing differs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum DiffKind {
    /// Not at all.
    #[default]
    None,
    /// It is new.
    Added,
    /// It is gone.
    Deleted,
    /// It is another.
    Edited,
}

view! {
    /// The answer to planning a job.
    PlanResponse {
        /// What the plan does.
        annotations: Option<PlanAnnotations>,
        /// How the job differs.
        diff: Option<JobDiff>,
        /// Groups that could not be placed, and why.
        #[serde(rename = "FailedTGAllocs")]
        failed_tg_allocs: BTreeMap<String, Metric>,
        /// What is said of every node, by group, if it was asked for.
        explained: Vec<GroupExplainedView>,
        /// Index of the job that was compared.
        job_modify_index: u64,
        /// Next launch of a periodic job, RFC 3339.
        next_periodic_launch: String,
        /// Warnings, one text.
        warnings: String,
    }

    /// How a job differs.
    JobDiff {
        /// How.
        #[serde(rename = "Type")]
        kind: DiffKind,
        /// Id.
        #[serde(rename = "ID")]
        id: String,
        /// Fields.
        fields: Vec<DiffField>,
        /// Blocks.
        objects: Vec<DiffObject>,
        /// Groups.
        task_groups: Vec<GroupDiff>,
    }

    /// How a group differs.
    GroupDiff {
        /// How.
        #[serde(rename = "Type")]
        kind: DiffKind,
        /// Name.
        name: String,
        /// Fields.
        fields: Vec<DiffField>,
        /// Blocks.
        objects: Vec<DiffObject>,
        /// Tasks.
        tasks: Vec<TaskDiff>,
        /// What happens to how many allocations.
        updates: BTreeMap<String, u64>,
    }

    /// How a task differs.
    TaskDiff {
        /// How.
        #[serde(rename = "Type")]
        kind: DiffKind,
        /// Name.
        name: String,
        /// Fields.
        fields: Vec<DiffField>,
        /// Blocks.
        objects: Vec<DiffObject>,
        /// What the difference causes.
        annotations: Vec<String>,
    }

    /// How a field differs.
    DiffField {
        /// How.
        #[serde(rename = "Type")]
        kind: DiffKind,
        /// Name.
        name: String,
        /// Value before.
        old: String,
        /// Value after.
        new: String,
        /// What the difference causes.
        annotations: Vec<String>,
    }

    /// How a block differs.
    DiffObject {
        /// How.
        #[serde(rename = "Type")]
        kind: DiffKind,
        /// Name.
        name: String,
        /// Fields.
        fields: Vec<DiffField>,
        /// Blocks inside.
        objects: Vec<DiffObject>,
    }
}
