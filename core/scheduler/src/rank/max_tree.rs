//! A tree of maxima over the nodes: the best node at once, and a change in the time of one path.
//!
//! Every inner node covers 16 children and keeps the row of the best one. Rows that may not be used have no key.

use std::cmp::Ordering;

const FANOUT: usize = 16;
const EMPTY: u32 = u32::MAX;

/// What rows are ordered by: the score, then the tie-break. Total, and never the same for everybody.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Key {
    /// The score; never NaN.
    pub(crate) score: f64,
    /// Larger wins among equal scores.
    pub(crate) tie: u64,
}

impl Key {
    /// Whether this key is better.
    pub(crate) fn beats(&self, other: &Self) -> bool {
        match self.score.partial_cmp(&other.score) {
            Some(Ordering::Greater) => true,
            Some(Ordering::Less) | None => false,
            Some(Ordering::Equal) => self.tie > other.tie,
        }
    }
}

/// A tree of maxima.
#[derive(Debug, Clone, Default)]
pub(crate) struct MaxTree {
    keys: Vec<Option<Key>>,
    /// From the leaves' parents up to a single root; each entry is the row of the best below it.
    levels: Vec<Vec<u32>>,
}

impl MaxTree {
    /// A tree over these rows.
    pub(crate) fn new(keys: Vec<Option<Key>>) -> Self {
        let mut tree = Self { keys, levels: Vec::new() };
        let mut below = tree.keys.len();
        loop {
            let width = below.div_ceil(FANOUT).max(1);
            tree.levels.push(vec![EMPTY; width]);
            let level = tree.levels.len() - 1;
            for at in 0..width {
                tree.levels[level][at] = tree.best_below(level, at);
            }
            if width == 1 {
                return tree;
            }
            below = width;
        }
    }

    /// The best row.
    pub(crate) fn best(&self) -> Option<(usize, Key)> {
        let row = self.levels.last().and_then(|level| level.first()).copied()?;
        self.entry(row)
    }

    /// Changes the key of a row.
    pub(crate) fn set(&mut self, row: usize, key: Option<Key>) {
        self.keys[row] = key;
        let mut at = row;
        for level in 0..self.levels.len() {
            at /= FANOUT;
            let best = self.best_below(level, at);
            self.levels[level][at] = best;
        }
    }

    /// The best `count` rows, best first.
    pub(crate) fn top(&self, count: usize) -> Vec<(usize, Key)> {
        let mut found: Vec<(usize, Key)> = Vec::with_capacity(count);
        let mut open: Vec<(Key, usize, usize)> = Vec::new();
        let root = self.levels.len().saturating_sub(1);
        self.open(&mut open, root, 0);
        while found.len() < count {
            let Some(best) = best_of(&open) else { break };
            let (key, level, at) = open.swap_remove(best);
            if level == 0 {
                found.push((at, key));
                continue;
            }
            let first = at * FANOUT;
            let width = if level == 1 { self.keys.len() } else { self.levels[level - 2].len() };
            for child in first..(first + FANOUT).min(width) {
                self.open_child(&mut open, level - 1, child);
            }
        }
        found
    }

    /// Puts an inner node on the list; its level there counts from the rows, which are 0.
    fn open(&self, open: &mut Vec<(Key, usize, usize)>, level: usize, at: usize) {
        if let Some((_, key)) = self.levels.get(level).and_then(|level| self.entry(level[at])) {
            open.push((key, level + 1, at));
        }
    }

    fn open_child(&self, open: &mut Vec<(Key, usize, usize)>, level: usize, at: usize) {
        if level == 0 {
            open.extend(self.keys[at].map(|key| (key, 0, at)));
        } else {
            self.open(open, level - 1, at);
        }
    }

    fn entry(&self, row: u32) -> Option<(usize, Key)> {
        let row = row as usize;
        let key = self.keys.get(row).copied().flatten()?;
        Some((row, key))
    }

    fn best_below(&self, level: usize, at: usize) -> u32 {
        let first = at * FANOUT;
        let mut best: Option<(u32, Key)> = None;
        let mut offer = |row: u32, key: Option<Key>| {
            if let Some(key) = key
                && best.is_none_or(|(_, other)| key.beats(&other))
            {
                best = Some((row, key));
            }
        };
        if level == 0 {
            for (row, key) in (first..).zip(&self.keys[first.min(self.keys.len())..]).take(FANOUT) {
                offer(u32::try_from(row).unwrap_or(EMPTY), *key);
            }
        } else {
            let below = &self.levels[level - 1];
            for &row in &below[first..below.len().min(first + FANOUT)] {
                offer(row, self.keys.get(row as usize).copied().flatten());
            }
        }
        best.map_or(EMPTY, |(row, _)| row)
    }
}

fn best_of(open: &[(Key, usize, usize)]) -> Option<usize> {
    let mut best: Option<usize> = None;
    for (at, (key, _, _)) in open.iter().enumerate() {
        if best.is_none_or(|other| key.beats(&open[other].0)) {
            best = Some(at);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(scores: &[f64]) -> MaxTree {
        MaxTree::new((0..).zip(scores).map(|(tie, &score)| Some(Key { score, tie })).collect())
    }

    #[test]
    fn the_best_row_follows_every_change() {
        let scores: Vec<f64> = (0..1_000).map(|row| f64::from(row * 7_919 % 1_000)).collect();
        let mut tree = tree(&scores);
        let mut expected: Vec<usize> = (0..1_000).collect();
        expected.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then(b.cmp(&a)));
        let top: Vec<usize> = tree.top(50).into_iter().map(|entry| entry.0).collect();
        assert_eq!(top, expected[..50]);
        for row in expected {
            assert_eq!(tree.best().map(|entry| entry.0), Some(row));
            tree.set(row, None);
        }
        assert_eq!(tree.best(), None);
    }

    #[test]
    fn equal_scores_are_broken_by_the_tie() {
        assert_eq!(tree(&[1.0, 1.0, 1.0]).best().map(|entry| entry.0), Some(2));
        assert_eq!(MaxTree::new(Vec::new()).best(), None);
    }
}
