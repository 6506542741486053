//! What kept an allocation off its nodes, reason by reason, with the node that came closest to each.
//!
//! Limits: at most [`NearMiss::MOST`] reasons are kept, those with the most nodes.

use serde::{Deserialize, Serialize};

use crate::{Name, NodeId};

/// One reason, how many nodes it holds for, and the node that came closest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NearMiss {
    /// The reason in words, as metrics count it: a constraint, a missing thing, or a dimension.
    pub reason: Name,
    /// Whether nodes were without room; otherwise a filter removed them.
    pub exhausted: bool,
    /// Nodes that it holds for.
    pub nodes: u32,
    /// Nodes among them that would take the allocation if it were not for this reason alone.
    pub only: u32,
    /// The node that came closest.
    pub node: NodeId,
    /// Its name.
    pub node_name: Name,
    /// What it lacks.
    pub lack: Lack,
}

impl NearMiss {
    /// Reasons that are kept of one failure.
    pub const MOST: usize = 16;
}

/// What a node lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lack {
    /// There is too little of something.
    Short {
        /// By how much.
        by: u64,
        /// What was asked for.
        asked: u64,
        /// Of what both are: `MHz`, `MiB`, `cores`, `allocations`.
        unit: Name,
    },
    /// The node says something else than the job wants.
    Has(Name),
    /// The node says nothing of what the job asks about.
    Unset,
    /// An allocation of this job holds it.
    HeldBy(Name),
    /// Something is not there: a driver, a volume, a device.
    Without(Name),
    /// The reason says it all.
    Plain,
}

/// What one task asks of the dimensions that nodes were short of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ExhaustedAsk {
    /// CPU in MHz; 0 where no node was short of it.
    pub cpu_mhz: u64,
    /// Memory in MB; 0 where no node was short of it.
    pub memory_mb: u64,
}
