//! Counts of filtered and exhausted nodes, kept while rows change.

use std::collections::BTreeMap;

use model::Name;

/// Whether and why a row may not be used now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Verdict {
    /// Removed by a filter, for the reason of this number.
    Filtered(u16),
    /// Without room in the dimension of this number.
    Exhausted(u16),
    /// May be used: the sum of its terms without spreads, and how many they are.
    Open { sum: f64, count: u8, tie: u64 },
}

/// Counts by reason and by node class.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    names: Vec<Name>,
    ids: BTreeMap<Name, u16>,
    filtered: Counts,
    exhausted: Counts,
    /// Grows whenever a count changes.
    pub(crate) version: u64,
}

/// Counts of one kind.
#[derive(Debug, Clone, Default)]
struct Counts {
    total: u32,
    by_reason: BTreeMap<u16, u32>,
    by_class: BTreeMap<Name, u32>,
}

/// The last number stands for all reasons beyond the limit.
const MAX_REASONS: usize = 4_096;

impl Tally {
    /// The number of a reason. Beyond 4,096 different ones all share one number.
    pub(crate) fn reason(&mut self, name: &str) -> u16 {
        if let Some(&id) = self.ids.get(name) {
            return id;
        }
        let name =
            if self.names.len() >= MAX_REASONS { Name::from("other reasons") } else { Name::from(name) };
        if let Some(&id) = self.ids.get(&name) {
            return id;
        }
        let id = u16::try_from(self.names.len()).expect("reasons are limited to 4,097");
        self.ids.insert(name.clone(), id);
        self.names.push(name);
        id
    }

    /// Counts a row of a node class in (`delta` 1) or out (-1).
    pub(crate) fn count(&mut self, verdict: Verdict, class: &Name, delta: i32) {
        let (counts, reason) = match verdict {
            Verdict::Filtered(reason) => (&mut self.filtered, reason),
            Verdict::Exhausted(reason) => (&mut self.exhausted, reason),
            Verdict::Open { .. } => return,
        };
        self.version += 1;
        counts.total = counts.total.saturating_add_signed(delta);
        let by_reason = counts.by_reason.entry(reason).or_default();
        *by_reason = by_reason.saturating_add_signed(delta);
        if class.is_empty() {
            return;
        }
        let by_class = counts.by_class.entry(class.clone()).or_default();
        *by_class = by_class.saturating_add_signed(delta);
    }

    pub(crate) fn filtered(&self) -> u32 {
        self.filtered.total
    }

    pub(crate) fn exhausted(&self) -> u32 {
        self.exhausted.total
    }

    pub(crate) fn constraint_filtered(&self) -> BTreeMap<Name, u32> {
        self.named(&self.filtered)
    }

    pub(crate) fn dimension_exhausted(&self) -> BTreeMap<Name, u32> {
        self.named(&self.exhausted)
    }

    pub(crate) fn class_filtered(&self) -> BTreeMap<Name, u32> {
        nonzero(&self.filtered.by_class)
    }

    pub(crate) fn class_exhausted(&self) -> BTreeMap<Name, u32> {
        nonzero(&self.exhausted.by_class)
    }

    fn named(&self, counts: &Counts) -> BTreeMap<Name, u32> {
        let counted = counts.by_reason.iter().filter(|entry| *entry.1 > 0);
        counted.map(|(id, count)| (self.names[usize::from(*id)].clone(), *count)).collect()
    }

    /// The text of a reason.
    pub(crate) fn name(&self, reason: u16) -> &Name {
        &self.names[usize::from(reason)]
    }
}

fn nonzero(counts: &BTreeMap<Name, u32>) -> BTreeMap<Name, u32> {
    counts.iter().filter(|entry| *entry.1 > 0).map(|(name, count)| (name.clone(), *count)).collect()
}
