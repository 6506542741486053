//! What rows are ordered by: the score, then the tie-break. Total, and never the same for everybody.

use std::cmp::Ordering;

/// The order of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Key {
    /// The score; never NaN.
    pub(crate) score: f64,
    /// Larger wins among equal scores.
    pub(crate) tie: u64,
    /// The row; the first wins where all else is equal.
    pub(crate) row: u32,
}

impl Key {
    /// The order in which better keys are greater.
    pub(crate) fn order(&self, other: &Self) -> Ordering {
        let scores = self.score.partial_cmp(&other.score).unwrap_or(Ordering::Equal);
        scores.then(self.tie.cmp(&other.tie)).then(other.row.cmp(&self.row))
    }

    /// Whether this key is better.
    pub(crate) fn beats(&self, other: &Self) -> bool {
        self.order(other) == Ordering::Greater
    }
}
