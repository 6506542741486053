//! Why a placement came out as it did: counts and filters of one pass over the nodes.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{ExhaustedAsk, NearMiss};
use crate::{Name, NodeId};

/// Counts and filters shared by the placements of one pass.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PassMetrics {
    /// Pool that was searched.
    pub node_pool: Name,
    /// Nodes looked at.
    pub nodes_evaluated: u32,
    /// Nodes removed by a filter.
    pub nodes_filtered: u32,
    /// Nodes in the pool.
    pub nodes_in_pool: u32,
    /// Ready nodes by datacenter.
    pub nodes_available: BTreeMap<Name, u32>,
    /// Filtered nodes by node class.
    pub class_filtered: BTreeMap<Name, u32>,
    /// Filtered nodes by reason.
    pub constraint_filtered: BTreeMap<Name, u32>,
    /// Nodes without room.
    pub nodes_exhausted: u32,
    /// Nodes without room by node class.
    pub class_exhausted: BTreeMap<Name, u32>,
    /// Nodes without room by what was short.
    pub dimension_exhausted: BTreeMap<Name, u32>,
    /// What each task asks of the dimensions that nodes were short of; only of placements that failed.
    pub resources_exhausted: BTreeMap<Name, ExhaustedAsk>,
    /// Why each node was not used, and which came closest; only of placements that failed.
    pub near_misses: Vec<NearMiss>,
    /// Time taken, in nanoseconds.
    pub allocation_time: u64,
}

/// One term of a node's score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ScorePart {
    /// Fill of CPU and memory (`binpack` and `spread` algorithms).
    Binpack,
    /// Weighted fill of all dimensions (`pack` algorithm).
    Pack,
    /// Device affinities.
    Devices,
    /// Allocations of the same group already there.
    JobAntiAffinity,
    /// The previous attempt failed there.
    ReschedulePenalty,
    /// Node affinities.
    NodeAffinity,
    /// Spread blocks.
    Spread,
    /// Cost of preempting others.
    Preemption,
}

impl ScorePart {
    /// The key in the API's `ScoreMetaData`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Binpack => "binpack",
            Self::Pack => "pack",
            Self::Devices => "devices",
            Self::JobAntiAffinity => "job-anti-affinity",
            Self::ReschedulePenalty => "node-reschedule-penalty",
            Self::NodeAffinity => "node-affinity",
            Self::Spread => "allocation-spread",
            Self::Preemption => "preemption",
        }
    }
}

/// The score of one node, term by term.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NodeScore {
    /// The node.
    pub node: NodeId,
    /// Terms in the order they were added.
    pub parts: Vec<(ScorePart, f64)>,
    /// Their mean.
    pub score: f64,
}

/// What the API calls an AllocMetric: the pass, this placement's best nodes, and what was coalesced.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AllocMetric {
    /// Counts of the pass; shared by its placements.
    pub pass: Arc<PassMetrics>,
    /// Up to five best nodes, best first.
    pub scores: Vec<NodeScore>,
    /// Further placements of the group that failed for the same reasons.
    pub coalesced_failures: u32,
}
