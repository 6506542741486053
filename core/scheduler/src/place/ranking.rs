//! The rows that may be used, best first, while they change.
//!
//! Without spreads one tree holds all rows by their score. With spreads the rows that share all values form a
//! set with one tree for each number of terms: within such a tree the spread's term moves every score alike, so
//! a placement changes one row and the sets' maxima are compared anew.

use std::collections::BTreeMap;

use super::tally::Verdict;
use crate::rank::{Key, MaxTree, Spreads};

/// The rows that may be used.
#[derive(Debug, Clone)]
pub(crate) struct Ranking {
    sets: Vec<Set>,
    /// Set and place in it of every row.
    of_row: Vec<(u32, u32)>,
    /// In which tree of its set a row is.
    bucket: Vec<Option<u8>>,
    spread: bool,
}

/// Rows that share the value of every spread.
#[derive(Debug, Clone)]
struct Set {
    values: Vec<u32>,
    rows: Vec<u32>,
    trees: BTreeMap<u8, MaxTree>,
}

/// A row with its final score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Ranked {
    pub(crate) row: usize,
    pub(crate) key: Key,
}

impl Ranking {
    /// All rows by their verdicts.
    pub(crate) fn new(verdicts: &[Verdict], spreads: &Spreads) -> Self {
        let mut ranking = Self {
            sets: Vec::new(),
            of_row: Vec::with_capacity(verdicts.len()),
            bucket: vec![None; verdicts.len()],
            spread: !spreads.is_empty(),
        };
        let mut ids: BTreeMap<Vec<u32>, u32> = BTreeMap::new();
        for row in 0..verdicts.len() {
            let values: Vec<u32> = spreads.terms.iter().map(|term| term.property.by_row[row]).collect();
            let set = *ids.entry(values).or_insert_with_key(|values| {
                ranking.sets.push(Set { values: values.clone(), rows: Vec::new(), trees: BTreeMap::new() });
                index(ranking.sets.len() - 1)
            });
            let rows = &mut ranking.sets[set as usize].rows;
            ranking.of_row.push((set, index(rows.len())));
            rows.push(index(row));
        }
        ranking.plant(verdicts);
        ranking
    }

    /// Builds every tree at once.
    fn plant(&mut self, verdicts: &[Verdict]) {
        let mut keys: Vec<BTreeMap<u8, Vec<Option<Key>>>> = vec![BTreeMap::new(); self.sets.len()];
        for (row, verdict) in verdicts.iter().enumerate() {
            let Some((bucket, key)) = self.entry(*verdict) else { continue };
            let (set, place) = self.of_row[row];
            let width = self.sets[set as usize].rows.len();
            keys[set as usize].entry(bucket).or_insert_with(|| vec![None; width])[place as usize] = Some(key);
            self.bucket[row] = Some(bucket);
        }
        for (set, keys) in self.sets.iter_mut().zip(keys) {
            set.trees = keys.into_iter().map(|(bucket, keys)| (bucket, MaxTree::new(keys))).collect();
        }
    }

    /// In which tree a row belongs, and by what it is ordered there.
    fn entry(&self, verdict: Verdict) -> Option<(u8, Key)> {
        match verdict {
            Verdict::Open { sum, count, tie } if self.spread => Some((count, Key { score: sum, tie })),
            Verdict::Open { sum, count, tie } => Some((0, Key { score: sum / f64::from(count), tie })),
            Verdict::Filtered(_) | Verdict::Exhausted(_) => None,
        }
    }

    /// Changes one row.
    pub(crate) fn set(&mut self, row: usize, verdict: Verdict) {
        let entry = self.entry(verdict);
        let (set, place) = self.of_row[row];
        let set = &mut self.sets[set as usize];
        let bucket = entry.map(|entry| entry.0);
        if let Some(old) = self.bucket[row].filter(|old| Some(*old) != bucket)
            && let Some(tree) = set.trees.get_mut(&old)
        {
            tree.set(place as usize, None);
        }
        if let Some((bucket, key)) = entry {
            let width = set.rows.len();
            let tree = set.trees.entry(bucket).or_insert_with(|| MaxTree::new(vec![None; width]));
            tree.set(place as usize, Some(key));
        }
        self.bucket[row] = bucket;
    }

    /// The best rows, best first, at most `count`.
    pub(crate) fn top(&self, spreads: &Spreads, count: usize) -> Vec<Ranked> {
        if !self.spread {
            let Some(set) = self.sets.first() else { return Vec::new() };
            let Some(tree) = set.trees.get(&0) else { return Vec::new() };
            if count == 1 {
                return tree.best().map(|(row, key)| Ranked { row, key }).into_iter().collect();
            }
            return tree.top(count).into_iter().map(|(row, key)| Ranked { row, key }).collect();
        }
        let mut heads: Vec<(Ranked, &Set, &MaxTree, Shift)> = Vec::new();
        for set in &self.sets {
            let boost = spreads.boost(&set.values);
            for (&terms, tree) in &set.trees {
                let shift = Shift { boost, terms };
                if let Some((place, key)) = tree.best() {
                    heads.push((shift.ranked(set, place, key), set, tree, shift));
                }
            }
        }
        let better = |left: &Ranked, right: &Ranked| {
            if left.key.beats(&right.key) { std::cmp::Ordering::Less } else { std::cmp::Ordering::Greater }
        };
        if count == 1 {
            let best = heads
                .into_iter()
                .map(|head| head.0)
                .reduce(|best, other| if other.key.beats(&best.key) { other } else { best });
            return best.into_iter().collect();
        }
        heads.sort_by(|left, right| better(&left.0, &right.0));
        heads.truncate(count);
        let mut all: Vec<Ranked> = Vec::new();
        for (_, set, tree, shift) in heads {
            all.extend(tree.top(count).into_iter().map(|(place, key)| shift.ranked(set, place, key)));
        }
        all.sort_by(better);
        all.truncate(count);
        all
    }
}

/// How the spread's term moves the scores of one tree.
#[derive(Debug, Clone, Copy)]
struct Shift {
    boost: f64,
    terms: u8,
}

impl Shift {
    fn ranked(self, set: &Set, place: usize, key: Key) -> Ranked {
        let count = f64::from(self.terms);
        let score =
            if self.boost == 0.0 { key.score / count } else { (key.score + self.boost) / (count + 1.0) };
        Ranked { row: set.rows[place] as usize, key: Key { score, tie: key.tie } }
    }
}

fn index(number: usize) -> u32 {
    u32::try_from(number).expect("a region has fewer than 2^32 nodes")
}
