//! The rows that may be used, best first, while they change.
//!
//! Without spreads one front holds all rows by their score. With spreads the rows that share all values form a
//! set with one front for each number of terms: within such a front the spread's term moves every score alike, so
//! a placement changes one row and the sets' best rows are compared anew.

use std::sync::Arc;

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

/// Rows in sets.
#[derive(Debug, Clone)]
pub(crate) struct BySet {
    sets: Arc<Sets>,
    /// The first front of every set, then others as rows get more or fewer terms.
    lanes: Vec<Lane>,
    /// The other lanes of each set.
    more: Vec<Vec<u32>>,
    /// In which lane each row is.
    lane_of: Vec<u32>,
}

/// Rows of a set with the same number of terms.
#[derive(Debug, Clone)]
struct Lane {
    terms: u8,
    front: Front,
}

/// What a row is ranked by: the sum of its terms without spreads, and how many they are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Standing {
    pub(crate) sum: f64,
    pub(crate) terms: u8,
    pub(crate) tie: u64,
}

/// A row with its final score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Ranked {
    pub(crate) row: usize,
    pub(crate) key: Key,
}

fn ranked(key: Key) -> Ranked {
    Ranked { row: key.row as usize, key }
}

fn row_number(row: usize) -> u32 {
    u32::try_from(row).expect("a region has fewer than 2^32 nodes")
}

impl Ranking {
    /// All rows. `bounds` are scores by slot, or the sums of terms with spreads; `terms` is how many terms rows have
    /// at first.
    pub(crate) fn new(frame: &Arc<Frame>, sets: Option<&Arc<Sets>>, bounds: Vec<f32>, terms: u8) -> Self {
        let Some(sets) = sets else {
            return Self::Plain(Arc::clone(frame), Front::new(Bounds::new(bounds)));
        };
        let lanes = sets.sets.iter().map(|(_, rows)| {
            let bounds = rows.iter().map(|row| bounds[frame.slots[*row as usize] as usize]);
            Lane { terms, front: Front::new(Bounds::new(bounds.collect())) }
        });
        Self::Spread(BySet {
            lanes: lanes.collect(),
            more: vec![Vec::new(); sets.sets.len()],
            lane_of: sets.of_row.iter().map(|of_row| of_row.0).collect(),
            sets: Arc::clone(sets),
        })
    }

    /// Changes one row; none closes it.
    pub(crate) fn set(&mut self, row: usize, standing: Option<Standing>) {
        match self {
            Self::Plain(frame, front) => {
                let key = standing.map(|standing| Key {
                    score: standing.sum / f64::from(standing.terms),
                    tie: standing.tie,
                    row: row_number(row),
                });
                front.set(frame.slots[row] as usize, row_number(row), key);
            }
            Self::Spread(by_set) => by_set.set(row, standing),
        }
    }

    /// The best rows, best first, at most `count`. `exact` says what an open row is ranked by.
    pub(crate) fn top(
        &mut self,
        spreads: &Spreads,
        count: usize,
        mut exact: impl FnMut(usize) -> Standing,
    ) -> Vec<Ranked> {
        match self {
            Self::Plain(frame, front) => {
                let exact = |slot: usize| {
                    let row = frame.rows[slot];
                    let Standing { sum, terms, tie } = exact(row as usize);
                    Key { score: sum / f64::from(terms), tie, row }
                };
                front.best(count, exact).iter().rev().take(count).copied().map(ranked).collect()
            }
            Self::Spread(by_set) => by_set.top(spreads, count, exact),
        }
    }
}

impl BySet {
    fn set(&mut self, row: usize, standing: Option<Standing>) {
        let (set, place) = self.sets.of_row[row];
        let old = self.lane_of[row];
        let lane = standing.map_or(old, |standing| self.lane(set, standing.terms));
        if lane != old {
            self.lanes[old as usize].front.set(place as usize, row_number(row), None);
            self.lane_of[row] = lane;
        }
        let key =
            standing.map(|standing| Key { score: standing.sum, tie: standing.tie, row: row_number(row) });
        self.lanes[lane as usize].front.set(place as usize, row_number(row), key);
    }

    /// The lane of a set for so many terms, made when there is none.
    fn lane(&mut self, set: u32, terms: u8) -> u32 {
        let known = std::iter::once(&set).chain(&self.more[set as usize]);
        if let Some(&lane) = known.into_iter().find(|lane| self.lanes[**lane as usize].terms == terms) {
            return lane;
        }
        let width = self.sets.sets[set as usize].1.len();
        self.lanes.push(Lane { terms, front: Front::new(Bounds::new(vec![f32::NEG_INFINITY; width])) });
        let lane = row_number(self.lanes.len() - 1);
        self.more[set as usize].push(lane);
        lane
    }

    fn top(
        &mut self,
        spreads: &Spreads,
        count: usize,
        mut exact: impl FnMut(usize) -> Standing,
    ) -> Vec<Ranked> {
        let mut heads: Vec<(Key, Head)> = Vec::with_capacity(count + 1);
        for (set, (values, rows)) in self.sets.sets.iter().enumerate() {
            let boost = spreads.boost(values);
            for lane in std::iter::once(set).chain(self.more[set].iter().map(|lane| *lane as usize)) {
                let Lane { terms, front } = &mut self.lanes[lane];
                let shift = Shift { boost, terms: *terms };
                let Some(key) = front.best(1, |place| key_at(rows, place, &mut exact)).last() else {
                    continue;
                };
                let key = shift.apply(*key);
                keep_best(&mut heads, count, key, Head { set, lane, shift });
            }
        }
        if count <= 1 {
            return heads.into_iter().map(|head| ranked(head.0)).collect();
        }
        self.top_of(&heads, count, exact)
    }

    /// The best rows of those lanes whose best rows are best.
    fn top_of(
        &mut self,
        heads: &[(Key, Head)],
        count: usize,
        mut exact: impl FnMut(usize) -> Standing,
    ) -> Vec<Ranked> {
        // Nothing below the worst of so many heads can be among the best.
        let worst = heads.last().map(|head| head.0).filter(|_| heads.len() == count);
        let mut all: Vec<Key> = Vec::with_capacity(2 * count);
        for &(_, Head { set, lane, shift }) in heads {
            let rows = &self.sets.sets[set].1;
            let best = self.lanes[lane].front.best(count, |place| key_at(rows, place, &mut exact));
            let shifted = best.iter().rev().take(count).map(|key| shift.apply(*key));
            all.extend(shifted.take_while(|key| worst.is_none_or(|worst| !worst.beats(key))));
        }
        all.sort_unstable_by(|left, right| right.order(left));
        all.truncate(count);
        all.into_iter().map(ranked).collect()
    }
}

/// The best row of a lane.
#[derive(Debug, Clone, Copy)]
struct Head {
    set: usize,
    lane: usize,
    shift: Shift,
}

/// Puts a head where it belongs among the best ones, of which there are at most `count`, best first.
fn keep_best(heads: &mut Vec<(Key, Head)>, count: usize, key: Key, head: Head) {
    if heads.len() >= count && heads.last().is_none_or(|worst| !key.beats(&worst.0)) {
        return;
    }
    let at = heads.partition_point(|known| known.0.beats(&key));
    heads.insert(at, (key, head));
    heads.truncate(count);
}

fn key_at(rows: &[u32], place: usize, exact: &mut impl FnMut(usize) -> Standing) -> Key {
    let row = rows[place];
    let Standing { sum, tie, .. } = exact(row as usize);
    Key { score: sum, tie, row }
}

/// How the spread's term moves the scores of one lane.
#[derive(Debug, Clone, Copy)]
struct Shift {
    boost: f64,
    terms: u8,
}

impl Shift {
    fn apply(self, key: Key) -> Key {
        let terms = f64::from(self.terms);
        let score =
            if self.boost == 0.0 { key.score / terms } else { (key.score + self.boost) / (terms + 1.0) };
        Key { score, ..key }
    }
}
