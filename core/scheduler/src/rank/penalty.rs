//! A node on which the previous attempt failed.

/// The term for such a node.
pub(crate) const PENALTY: f64 = -1.0;
