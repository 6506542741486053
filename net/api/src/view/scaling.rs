//! Scaling policies.

use std::collections::BTreeMap;

use serde_json::Value;

use super::view;

view! {
    /// What an autoscaler may do with a group or a task.
    ScalingPolicyView {
        /// Id.
        #[serde(rename = "ID")]
        id: String,
        /// Whether it is in force.
        enabled: bool,
        /// `horizontal`, `vertical_cpu` or `vertical_mem`.
        #[serde(rename = "Type")]
        kind: String,
        /// What is scaled: namespace, job, group, task.
        target: BTreeMap<String, String>,
        /// Smallest count; not in lists.
        min: i64,
        /// Largest count; not in lists.
        max: i64,
        /// What only the autoscaler understands; not in lists.
        policy: Value,
    }
}
