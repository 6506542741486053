//! The rows in sets that share all values of spreads, best first, while they change.
//!
//! Each set has one front for each number of terms: within such a front the spread's term moves every score alike, so
//! a placement changes one row, one set, and what that set is compared by. Only where the term of many sets moves
//! at once ([`Spreads::epoch`]) are all of them compared anew.

use std::sync::Arc;

use super::ranking::{Ranked, Standing};
use super::sifted::Sets;
use crate::rank::{Bounds, Front, Key, Spreads, Tournament};

/// Rows in sets.
#[derive(Debug, Clone)]
pub(super) struct BySet {
    sets: Arc<Sets>,
    /// The first front of every set, then others as rows get more or fewer terms.
    lanes: Vec<Lane>,
    /// The other lanes of each set.
    more: Vec<Vec<u32>>,
    /// In which lane each row is.
    lane_of: Vec<u32>,
    /// The best row of every set with the spread's term, apart from sets that changed since.
    heads: Tournament,
    /// Sets that changed.
    stale: Vec<u32>,
    /// What the spreads' epoch was when heads were compared; none before the first time.
    epoch: Option<u64>,
}

/// Rows of a set with the same number of terms.
#[derive(Debug, Clone)]
struct Lane {
    terms: u8,
    front: Front,
}

/// Rows of one lane in exact order: what a row is ranked by.
trait Exact: FnMut(usize) -> Standing {}
impl<F: FnMut(usize) -> Standing> Exact for F {}

fn number(index: usize) -> u32 {
    u32::try_from(index).expect("a region has fewer than 2^32 nodes")
}

impl BySet {
    /// All rows. `bound` is the sum of a row's terms in single precision, `terms` how many terms rows have at first,
    /// and `expected` how many selections there will be.
    pub(super) fn new(sets: &Arc<Sets>, bound: impl Fn(u32) -> f32, terms: u8, expected: usize) -> Self {
        let each = expected / sets.sets.len().max(1);
        let lanes = sets.sets.iter().map(|(_, rows)| {
            let bounds = rows.iter().map(|row| bound(*row)).collect();
            Lane { terms, front: Front::new(Bounds::new(bounds), each) }
        });
        Self {
            lanes: lanes.collect(),
            more: vec![Vec::new(); sets.sets.len()],
            lane_of: sets.of_row.iter().map(|of_row| of_row.0).collect(),
            heads: Tournament::new(sets.sets.len()),
            stale: Vec::new(),
            epoch: None,
            sets: Arc::clone(sets),
        }
    }

    /// Changes one row; none closes it.
    pub(super) fn set(&mut self, row: usize, standing: Option<Standing>) {
        let (set, place) = self.sets.of_row[row];
        let old = self.lane_of[row];
        let lane = standing.map_or(old, |standing| self.lane(set, standing.terms));
        if lane != old {
            self.lanes[old as usize].front.set(place as usize, number(row), None);
            self.lane_of[row] = lane;
        }
        let key = standing.map(|standing| Key { score: standing.sum, tie: standing.tie, row: number(row) });
        self.lanes[lane as usize].front.set(place as usize, number(row), key);
        if self.epoch.is_some() {
            self.stale.push(set);
        }
    }

    /// The lane of a set for so many terms, made when there is none.
    fn lane(&mut self, set: u32, terms: u8) -> u32 {
        let known = std::iter::once(&set).chain(&self.more[set as usize]);
        if let Some(&lane) = known.into_iter().find(|lane| self.lanes[**lane as usize].terms == terms) {
            return lane;
        }
        let width = self.sets.sets[set as usize].1.len();
        let front = Front::new(Bounds::new(vec![f32::NEG_INFINITY; width]), 0);
        self.lanes.push(Lane { terms, front });
        let lane = number(self.lanes.len() - 1);
        self.more[set as usize].push(lane);
        lane
    }

    /// The best rows, best first, at most `count`. `exact` says what an open row is ranked by.
    pub(super) fn top(
        &mut self,
        spreads: &Spreads,
        count: usize,
        mut exact: impl FnMut(usize) -> Standing,
    ) -> Vec<Ranked> {
        self.compare(spreads, &mut exact);
        if count <= 1 {
            return self.heads.best().map(Ranked::of).into_iter().collect();
        }
        self.top_of(spreads, count, &mut exact)
    }

    /// Brings the heads up to date.
    fn compare(&mut self, spreads: &Spreads, exact: &mut impl Exact) {
        if self.epoch == Some(spreads.epoch()) {
            while let Some(set) = self.stale.pop() {
                let head = self.head(set as usize, spreads, exact);
                self.heads.set(set as usize, head);
            }
            return;
        }
        self.epoch = Some(spreads.epoch());
        self.stale.clear();
        for set in 0..self.sets.sets.len() {
            self.heads.keys_mut()[set] = self.head(set, spreads, exact);
        }
        self.heads.replay();
    }

    /// The best row of a set, with the spread's term.
    fn head(&mut self, set: usize, spreads: &Spreads, exact: &mut impl Exact) -> Option<Key> {
        let (values, rows) = &self.sets.sets[set];
        let boost = spreads.boost(values);
        let mut head: Option<Key> = None;
        for lane in std::iter::once(set).chain(self.more[set].iter().map(|lane| *lane as usize)) {
            let Lane { terms, front } = &mut self.lanes[lane];
            let shift = Shift { boost, terms: *terms };
            let best = front.best(1, |place| key_at(rows, place, exact)).last();
            let best = best.map(|key| shift.apply(*key));
            head = match (head, best) {
                (Some(head), Some(best)) if !best.beats(&head) => Some(head),
                (head, best) => best.or(head),
            };
        }
        head
    }

    /// The best rows of those sets whose heads are best: no other set can have one of so many.
    fn top_of(&mut self, spreads: &Spreads, count: usize, exact: &mut impl Exact) -> Vec<Ranked> {
        let mut best: Vec<(Key, usize)> = Vec::with_capacity(count + 1);
        for (set, head) in self.heads.keys().iter().enumerate() {
            if let Some(head) = head {
                keep_best(&mut best, count, *head, set);
            }
        }
        let worst = best.last().map(|head| head.0).filter(|_| best.len() == count);
        let mut all: Vec<Key> = Vec::with_capacity(2 * count);
        for (_, set) in best {
            let (values, rows) = &self.sets.sets[set];
            let boost = spreads.boost(values);
            for lane in std::iter::once(set).chain(self.more[set].iter().map(|lane| *lane as usize)) {
                let Lane { terms, front } = &mut self.lanes[lane];
                let shift = Shift { boost, terms: *terms };
                let keys = front.best(count, |place| key_at(rows, place, exact));
                let shifted = keys.iter().rev().take(count).map(|key| shift.apply(*key));
                all.extend(shifted.take_while(|key| worst.is_none_or(|worst| !worst.beats(key))));
            }
        }
        all.sort_unstable_by(|left, right| right.order(left));
        all.truncate(count);
        all.into_iter().map(Ranked::of).collect()
    }
}

/// Puts a head where it belongs among the best ones, of which there are at most `count`, best first.
fn keep_best(heads: &mut Vec<(Key, usize)>, count: usize, key: Key, set: usize) {
    if heads.len() >= count && heads.last().is_none_or(|worst| !key.beats(&worst.0)) {
        return;
    }
    let at = heads.partition_point(|known| known.0.beats(&key));
    heads.insert(at, (key, set));
    heads.truncate(count);
}

fn key_at(rows: &[u32], place: usize, exact: &mut impl Exact) -> Key {
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
