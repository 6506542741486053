//! What a plan did so far to the counts of its own job: the log that every pass follows.

use model::{Name, NodeId};

/// One allocation of the job more, or less.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) node: NodeId,
    /// Row of the node; none when it is no candidate.
    pub(crate) row: Option<usize>,
    pub(crate) group: Name,
    pub(crate) kind: ChangeKind,
    /// Whether it counts, or counted, for spreads and distinct properties.
    pub(crate) live: bool,
}

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChangeKind {
    Added,
    Removed,
}
