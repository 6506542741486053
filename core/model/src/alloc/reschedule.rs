//! The history of moves of an allocation.

use serde::{Deserialize, Serialize};

use crate::{AllocId, Nanos, NodeId, Timestamp};

/// Earlier moves, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RescheduleTracker {
    /// At most those within the policy's interval, or the last five.
    pub events: Vec<RescheduleEvent>,
    /// Whether the last attempt found no node.
    pub last_failed: bool,
}

/// One move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RescheduleEvent {
    /// When.
    pub time: Timestamp,
    /// The allocation that was replaced.
    pub previous_alloc: AllocId,
    /// Its node.
    pub previous_node: NodeId,
    /// The delay that applied.
    pub delay: Nanos,
}
