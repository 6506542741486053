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
        /// Each reason with the node that came closest. Only our agents say it.
        nearest_miss: Vec<NearMiss>,
    }

    /// One reason why nodes were not used, with the node that came closest.
    NearMiss {
        /// The reason: a constraint, a missing thing, or a dimension.
        reason: String,
        /// Whether nodes were without room; otherwise a filter removed them.
        exhausted: bool,
        /// Nodes that it holds for.
        nodes: u64,
        /// Nodes among them that fail for nothing else.
        only_reason: u64,
        /// The closest node.
        #[serde(rename = "NodeID")]
        node_id: String,
        /// Its name.
        node_name: String,
        /// How much of something it is short of; 0 where that is not the question.
        short: u64,
        /// How much of it was asked for.
        asked: u64,
        /// Unit of both.
        unit: String,
        /// What the node says instead of what was wanted.
        has: Option<String>,
        /// Whether the node says nothing of it.
        unset: bool,
        /// Job whose allocation holds what was wanted.
        held_by: String,
        /// What the node does not have.
        without: String,
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
