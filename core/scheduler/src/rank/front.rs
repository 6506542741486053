//! The best rows of a set, in exact order, while single rows change.
//!
//! Scores in single precision leave out most rows; those that may be among the best are scored exactly and kept
//! in order. Such a front is complete down to a floor: a row that changes enters it only above the floor, and a
//! front that ran dry is made anew, four times as long each time. So a single selection scores few rows exactly, and
//! many selections cost a small part of a scan each.

use super::{Bounds, Key};

/// Rows that the first front holds at least and at most, by how many selections are expected.
const FIRST: [usize; 2] = [16, 1_024];
/// Rows that a front holds at most.
const MOST: usize = 4_096;

/// The rows of a set, best first.
#[derive(Debug, Clone)]
pub(crate) struct Front {
    bounds: Bounds,
    /// The best rows, worst first; none before the first selection.
    best: Vec<Key>,
    /// No row that is better than this is missing in `best`.
    floor: Floor,
    /// Rows that the next front holds.
    wanted: usize,
}

/// Down to where a front is complete.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Floor {
    /// Nothing is known yet.
    Unknown,
    /// It holds every row that is better, and maybe the one of this key.
    Above(Key),
    /// It holds every open row.
    All,
}

impl Front {
    /// A front of which so many selections are expected, about: only the time that they take depends on it.
    pub(crate) fn new(bounds: Bounds, expected: usize) -> Self {
        let wanted = (expected + FIRST[0]).min(FIRST[1]);
        Self { bounds, best: Vec::new(), floor: Floor::Unknown, wanted }
    }

    /// Changes the row at a place; none closes it.
    pub(crate) fn set(&mut self, place: usize, row: u32, key: Option<Key>) {
        self.bounds.set(place, key.map(|key| key.score));
        if self.floor == Floor::Unknown {
            return;
        }
        // Most often it is the best one that changes.
        if let Some(at) = self.best.iter().rposition(|known| known.row == row) {
            self.best.remove(at);
        }
        let Some(key) = key else { return };
        let above = match self.floor {
            Floor::Above(floor) => key.beats(&floor),
            Floor::All => true,
            Floor::Unknown => false,
        };
        if above {
            let at = self.best.partition_point(|known| key.beats(known));
            self.best.insert(at, key);
        }
    }

    /// The best rows, worst first: at least `count`, unless fewer are open. `exact` is the key of an open place.
    pub(crate) fn best(&mut self, count: usize, exact: impl FnMut(usize) -> Key) -> &[Key] {
        if self.best.len() < count && self.floor != Floor::All {
            self.renew(count, exact);
        }
        &self.best
    }

    fn renew(&mut self, count: usize, mut exact: impl FnMut(usize) -> Key) {
        let wanted = self.wanted.max(count);
        self.wanted = (wanted * 4).min(MOST);
        let reached = self.bounds.reached_by(wanted);
        self.best.clear();
        let mut least = f64::NEG_INFINITY;
        self.floor = Floor::All;
        if reached > f32::NEG_INFINITY {
            least = f64::from(reached - Bounds::MARGIN);
            self.floor = Floor::Above(Key { score: least, tie: 0, row: u32::MAX });
        }
        let mut last: Option<Key> = None;
        for place in self.bounds.from(reached - 2.0 * Bounds::MARGIN) {
            let key = exact(place);
            if key.score < least || last.is_some_and(|last| !key.beats(&last)) {
                continue;
            }
            self.best.push(key);
            if self.best.len() >= 2 * wanted {
                last = keep_best(&mut self.best, wanted);
            }
        }
        if self.best.len() > wanted {
            last = keep_best(&mut self.best, wanted);
        }
        if let Some(last) = last {
            self.floor = Floor::Above(last);
        }
        self.best.sort_unstable_by(Key::order);
    }
}

/// Drops all but the best; returns the worst of those.
fn keep_best(keys: &mut Vec<Key>, count: usize) -> Option<Key> {
    let (_, last, _) = keys.select_nth_unstable_by(count - 1, |left, right| right.order(left));
    let last = *last;
    keys.truncate(count);
    Some(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(scores: &[Option<f64>], row: usize) -> Option<Key> {
        scores[row].map(|score| Key {
            score,
            tie: row as u64 * 7_919 % 101,
            row: u32::try_from(row).unwrap(),
        })
    }

    /// All open rows, best first.
    fn sorted(scores: &[Option<f64>]) -> Vec<Key> {
        let mut all: Vec<Key> = (0..scores.len()).filter_map(|row| key(scores, row)).collect();
        all.sort_by(|left, right| right.order(left));
        all
    }

    #[expect(clippy::cast_possible_truncation, reason = "that is what bounds are")]
    fn front(scores: &[Option<f64>]) -> Front {
        Front::new(
            Bounds::new(
                scores.iter().map(|score| score.map_or(f32::NEG_INFINITY, |score| score as f32)).collect(),
            ),
            0,
        )
    }

    #[test]
    fn the_best_rows_follow_every_change() {
        // Few different scores, some closer than single precision can tell.
        let mut scores: Vec<Option<f64>> = (0..1_000_u32)
            .map(|row| (row % 11 != 0).then(|| f64::from(row * 7_919 % 5) / 5.0 + f64::from(row % 3) * 1e-9))
            .collect();
        let mut front = front(&scores);
        for step in 0..3_000_u32 {
            let expected = sorted(&scores);
            let count = 1 + step as usize % 9;
            let best = front.best(count, |row| key(&scores, row).unwrap());
            let best: Vec<Key> = best.iter().rev().take(count).copied().collect();
            assert_eq!(best, expected[..count.min(expected.len())], "step {step}");
            let Some(first) = best.first() else { continue };
            let row = if step % 7 == 0 { step as usize % 1_000 } else { first.row as usize };
            scores[row] = (step % 5 != 0).then(|| f64::from(step * 31 % 17) / 17.0);
            front.set(row, u32::try_from(row).unwrap(), key(&scores, row));
        }
    }

    #[test]
    fn closing_every_best_row_in_turn_gives_them_all_in_order() {
        let mut scores: Vec<Option<f64>> =
            (0..500_u32).map(|row| Some(f64::from(row * 7_919 % 50))).collect();
        let mut front = front(&scores);
        for expected in sorted(&scores) {
            let best = *front.best(1, |row| key(&scores, row).unwrap()).last().unwrap();
            assert_eq!(best, expected);
            scores[best.row as usize] = None;
            front.set(best.row as usize, best.row, None);
        }
        assert!(front.best(1, |row| key(&scores, row).unwrap()).is_empty());
    }
}
