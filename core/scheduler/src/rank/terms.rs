//! The terms of one node's score, in the order in which they are added, and their mean.

use model::ScorePart;
use smallvec::SmallVec;

/// Terms of a score. Only terms that count enter the mean; the others are shown.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Terms {
    pub(crate) sum: f64,
    pub(crate) count: u8,
    pub(crate) parts: SmallVec<[(ScorePart, f64); 6]>,
}

impl Terms {
    /// Adds a term to the mean.
    pub(crate) fn push(&mut self, part: ScorePart, value: f64) {
        self.sum += value;
        self.count += 1;
        self.parts.push((part, value));
    }

    /// Shows a term that does not count.
    pub(crate) fn show(&mut self, part: ScorePart, value: f64) {
        self.parts.push((part, value));
    }

    /// The mean; 0 of nothing.
    pub(crate) fn mean(&self) -> f64 {
        if self.count == 0 { 0.0 } else { self.sum / f64::from(self.count) }
    }
}
