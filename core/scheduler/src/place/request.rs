//! What is to be placed.

use std::collections::BTreeSet;

use model::{AllocId, NodeId};

/// One allocation to place.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request {
    /// The id that it will have.
    pub(crate) id: AllocId,
    /// Number in its name.
    pub(crate) index: u32,
    /// Nodes on which earlier attempts failed.
    pub(crate) penalty: BTreeSet<NodeId>,
    /// Node that has its data; tried first.
    pub(crate) preferred: Option<NodeId>,
}
