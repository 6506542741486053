//! Counts of filtered and exhausted nodes, kept while rows change.

use std::collections::BTreeMap;

use model::Name;

use crate::fits::Misfit;

/// Whether and why a row may not be used now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// May be used.
    Open,
    /// Removed by a filter, for the reason of this number.
    Filtered(u16),
    /// Without room in the dimension of this number.
    Exhausted(u16),
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
    by_reason: Vec<u32>,
    /// By the number of the node class.
    by_class: Vec<u32>,
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

    /// The number of a dimension.
    pub(crate) fn misfit(&mut self, misfit: &Misfit) -> u16 {
        self.reason(&misfit.to_string())
    }

    /// Counts a row of a node class in (`delta` 1) or out (-1).
    pub(crate) fn count(&mut self, verdict: Verdict, class: u32, delta: i32) {
        let (counts, reason) = match verdict {
            Verdict::Filtered(reason) => (&mut self.filtered, reason),
            Verdict::Exhausted(reason) => (&mut self.exhausted, reason),
            Verdict::Open => return,
        };
        self.version += 1;
        counts.total = counts.total.saturating_add_signed(delta);
        step(&mut counts.by_reason, usize::from(reason), delta);
        step(&mut counts.by_class, class as usize, delta);
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

    /// By node class; `classes` are the names.
    pub(crate) fn class_filtered(&self, classes: &[Name]) -> BTreeMap<Name, u32> {
        by_class(&self.filtered, classes)
    }

    /// By node class; `classes` are the names.
    pub(crate) fn class_exhausted(&self, classes: &[Name]) -> BTreeMap<Name, u32> {
        by_class(&self.exhausted, classes)
    }

    fn named(&self, counts: &Counts) -> BTreeMap<Name, u32> {
        nonzero(counts.by_reason.iter().zip(&self.names))
    }

    /// The text of a reason.
    pub(crate) fn name(&self, reason: u16) -> &Name {
        &self.names[usize::from(reason)]
    }
}

fn step(counts: &mut Vec<u32>, at: usize, delta: i32) {
    if counts.len() <= at {
        counts.resize(at + 1, 0);
    }
    counts[at] = counts[at].saturating_add_signed(delta);
}

/// Nodes without a class are not counted.
fn by_class(counts: &Counts, classes: &[Name]) -> BTreeMap<Name, u32> {
    nonzero(counts.by_class.iter().zip(classes).filter(|(_, class)| !class.is_empty()))
}

fn nonzero<'c>(counts: impl Iterator<Item = (&'c u32, &'c Name)>) -> BTreeMap<Name, u32> {
    counts.filter(|(count, _)| **count > 0).map(|(count, name)| (name.clone(), *count)).collect()
}
