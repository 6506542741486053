//! Why placements came out as they did.

use std::collections::BTreeMap;

use super::view;

view! {
    /// Counts and filters of a placement, or of one that failed.
    Metric {
        /// Nodes looked at.
        nodes_evaluated: u64,
        /// Nodes removed by a filter.
        nodes_filtered: u64,
        /// Nodes in the pool.
        nodes_in_pool: u64,
        /// Pool.
        node_pool: String,
        /// Ready nodes by datacenter.
        nodes_available: BTreeMap<String, u64>,
        /// Filtered nodes by class.
        class_filtered: BTreeMap<String, u64>,
        /// Filtered nodes by constraint.
        constraint_filtered: BTreeMap<String, u64>,
        /// Nodes without room.
        nodes_exhausted: u64,
        /// Nodes without room by class.
        class_exhausted: BTreeMap<String, u64>,
        /// Nodes without room by dimension.
        dimension_exhausted: BTreeMap<String, u64>,
        /// Quota limits that were hit.
        quota_exhausted: Vec<String>,
        /// What tasks asked for that was not there.
        resources_exhausted: BTreeMap<String, AskedResources>,
        /// Scores of the best nodes.
        score_meta_data: Vec<NodeScore>,
        /// Further failures for the same reasons.
        coalesced_failures: u64,
        /// Time taken in nanoseconds.
        allocation_time: u64,
        /// The node that came closest and what it lacks. Only our agents say it.
        nearest_miss: String,
    }

    /// What a task asked for.
    AskedResources {
        /// MHz.
        #[serde(rename = "CPU")]
        cpu: i64,
        /// Cores.
        cores: i64,
        /// MiB.
        #[serde(rename = "MemoryMB")]
        memory_mb: i64,
        /// MiB.
        #[serde(rename = "DiskMB")]
        disk_mb: i64,
    }

    /// The score of a node.
    NodeScore {
        /// Node.
        #[serde(rename = "NodeID")]
        node_id: String,
        /// Terms.
        scores: BTreeMap<String, f64>,
        /// Their mean.
        norm_score: f64,
    }
}
