//! The rows that may be used, best first, while they change: one front by score, or with spreads a front for each
//! set of rows that share all values.

use std::sync::Arc;

use super::by_set::BySet;
use super::sifted::Sets;
use crate::frame::Frame;
use crate::rank::{Bounds, Front, Key, Spreads};

/// The rows that may be used.
#[derive(Debug, Clone)]
pub(crate) enum Ranking {
    /// By score; places are slots.
    Plain(Arc<Frame>, Front),
    /// By the values of spreads.
    Spread(BySet),
}

/// What a row is ranked by: the sum of its terms without spreads, and how many they are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Standing {
    pub(crate) sum: f64,
    pub(crate) terms: u8,
    pub(crate) tie: u64,
}

impl Standing {
    #[inline]
    fn key(self, row: u32) -> Key {
        // Most have one term, and a division takes longer than all the rest.
        let score = if self.terms == 1 { self.sum } else { self.sum / f64::from(self.terms) };
        Key { score, tie: self.tie, row }
    }
}

/// A row with its final score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Ranked {
    pub(crate) row: usize,
    pub(crate) key: Key,
}

impl Ranked {
    pub(super) const fn of(key: Key) -> Self {
        Self { row: key.row as usize, key }
    }
}

/// A row, and the slot of its node in the columns.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At {
    pub(crate) row: usize,
    pub(crate) slot: usize,
}

impl Ranking {
    /// All rows. `bounds` are scores by slot, or the sums of terms with spreads; `terms` is how many terms rows have
    /// at first, and `expected` how many selections there will be.
    pub(crate) fn new(
        frame: &Arc<Frame>,
        sets: Option<&Arc<Sets>>,
        bounds: Vec<f32>,
        terms: u8,
        expected: usize,
    ) -> Self {
        let Some(sets) = sets else {
            return Self::Plain(Arc::clone(frame), Front::new(Bounds::new(bounds), expected));
        };
        Self::Spread(BySet::new(sets, |row| bounds[frame.slots[row as usize] as usize], terms, expected))
    }

    /// Changes one row; none closes it.
    pub(crate) fn set(&mut self, at: At, standing: Option<Standing>) {
        let row = u32::try_from(at.row).expect("a region has fewer than 2^32 nodes");
        match self {
            Self::Plain(_, front) => front.set(at.slot, row, standing.map(|standing| standing.key(row))),
            Self::Spread(by_set) => by_set.set(at.row, standing),
        }
    }

    /// The best rows, best first, at most `count`. `exact` says what an open row is ranked by.
    pub(crate) fn top(
        &mut self,
        frame: &Frame,
        spreads: &Spreads,
        count: usize,
        mut exact: impl FnMut(At) -> Standing,
    ) -> Vec<Ranked> {
        match self {
            Self::Plain(frame, front) => {
                let exact = |slot: usize| {
                    let row = frame.rows[slot];
                    exact(At { row: row as usize, slot }).key(row)
                };
                front.best(count, exact).iter().rev().take(count).copied().map(Ranked::of).collect()
            }
            Self::Spread(by_set) => {
                by_set.top(spreads, count, |row| exact(At { row, slot: frame.slots[row] as usize }))
            }
        }
    }
}
