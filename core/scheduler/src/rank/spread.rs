//! Spread blocks: how far the value of a node is from the share that it should have.

use std::collections::{BTreeMap, BTreeSet};

use model::{Job, Spread, TaskGroup};

use super::property::UNNAMED;
use super::{NO_VALUE, Property};
use crate::feasible::Target;

/// One spread block.
#[derive(Debug, Clone)]
pub(crate) struct SpreadTerm {
    pub(crate) property: Property,
    targets: Option<Targets>,
    weight: f64,
}

/// Wanted counts of a spread that names values.
#[derive(Debug, Clone)]
struct Targets {
    /// By value.
    desired: BTreeMap<u32, f64>,
    /// For all values that are not named, together.
    implicit: Option<f64>,
    /// Whether a named value should have none.
    has_zero: bool,
    /// Allocations with a named value.
    named: u32,
}

/// All spread blocks of a group: its job's and its own.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spreads {
    pub(crate) terms: Vec<SpreadTerm>,
    total_weight: f64,
    epoch: u64,
}

/// The spread blocks of a group, its own first.
pub(crate) fn blocks<'j>(job: &'j Job, group: &'j TaskGroup) -> impl Iterator<Item = &'j Spread> {
    group.spreads.iter().chain(&job.spreads)
}

impl Spreads {
    /// The blocks of a group. `earlier_weight` is the sum over the groups that the evaluation placed before:
    /// the reference keeps adding to it.
    pub(crate) fn of(
        job: &Job,
        group: &TaskGroup,
        earlier_weight: f64,
        property: impl Fn(&Target) -> Property,
    ) -> Self {
        let of_block = |spread: &Spread| {
            SpreadTerm::new(spread, group.count, property(&Target::parse(&spread.attribute)))
        };
        let terms: Vec<SpreadTerm> = blocks(job, group).map(of_block).collect();
        let total_weight = earlier_weight + terms.iter().map(|term| term.weight).sum::<f64>();
        Self { terms, total_weight, epoch: 0 }
    }

    /// Changes whenever the term of more nodes may have changed than of those that share all values with the node of
    /// the last allocation that was counted.
    pub(crate) const fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Counts an allocation on a node in, or out. `value` is the node's value of a property; `known` says whether the
    /// node is a candidate.
    pub(crate) fn count(&mut self, added: bool, known: bool, mut value: impl FnMut(&mut Property) -> u32) {
        let mut wide = !known || self.terms.len() > 1;
        for term in &mut self.terms {
            let value = value(&mut term.property);
            wide |= term.count(value, added);
        }
        self.epoch += u64::from(wide);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// The sum of all weights so far.
    pub(crate) fn total_weight(&self) -> f64 {
        self.total_weight
    }

    /// The term for a node with these values, one for each block.
    pub(crate) fn boost(&self, values: &[u32]) -> f64 {
        let mut total = 0.0;
        for (term, &value) in self.terms.iter().zip(values) {
            total += term.boost(value, self.total_weight);
        }
        total
    }
}

impl SpreadTerm {
    fn new(spread: &Spread, count: i64, mut property: Property) -> Self {
        let targets = (!spread.targets.is_empty()).then(|| Targets::new(spread, count, &mut property));
        Self { property, targets, weight: f64::from(spread.weight) }
    }

    /// Counts a value in or out; tells whether that moves the term of other values, too.
    fn count(&mut self, value: u32, added: bool) -> bool {
        let (before, counted) = (self.property.extremes(), self.property.total());
        if added {
            self.property.add(value)
        } else {
            self.property.remove(value)
        }
        let Some(targets) = &mut self.targets else { return before != self.property.extremes() };
        if targets.desired.contains_key(&value) && counted != self.property.total() {
            targets.named = if added { targets.named + 1 } else { targets.named.saturating_sub(1) };
        }
        targets.has_zero
    }

    fn boost(&self, value: u32, total_weight: f64) -> f64 {
        match &self.targets {
            Some(targets) => self.target_boost(targets, value, total_weight),
            None => self.even_boost(value),
        }
    }

    /// How much a value lacks of its share, were one more placed there.
    fn target_boost(&self, targets: &Targets, value: u32, total_weight: f64) -> f64 {
        if value == NO_VALUE {
            return -1.0;
        }
        let named = targets.desired.get(&value).copied();
        let Some(wanted) = named.or(targets.implicit) else { return -1.0 };
        if wanted == 0.0 {
            return self.lowest_boost(targets, total_weight);
        }
        let unnamed = || self.property.total().saturating_sub(targets.named);
        let count = if named.is_some() { self.property.count(value) } else { unnamed() };
        let used = f64::from(count + 1);
        ((wanted - used) / wanted) * (self.weight / total_weight)
    }

    /// The lowest boost of any named value, at most -1: what a value that should have none gets.
    fn lowest_boost(&self, targets: &Targets, total_weight: f64) -> f64 {
        let named = targets.desired.iter().filter(|(_, wanted)| **wanted != 0.0);
        let boosts = named.map(|(value, wanted)| {
            let used = f64::from(self.property.count(*value) + 1);
            ((wanted - used) / wanted) * (self.weight / total_weight)
        });
        boosts.fold(-1.0, f64::min)
    }

    /// Prefers the values with the fewest allocations. Not bounded by 1, and not weighted.
    fn even_boost(&self, value: u32) -> f64 {
        let Some((min, max)) = self.property.extremes() else { return 0.0 };
        if value == NO_VALUE {
            return -1.0;
        }
        let current = self.property.count(value);
        let at_minimum = current == min;
        let (min, max, current) = (f64::from(min), f64::from(max), f64::from(current));
        if !at_minimum {
            (min - current) / min
        } else if max > min {
            (max - min) / min
        } else {
            -1.0
        }
    }
}

impl Targets {
    fn new(spread: &Spread, count: i64, property: &mut Property) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
        let count = count as f64;
        let mut desired = BTreeMap::new();
        let mut sum = 0.0;
        for target in &spread.targets {
            let wanted = (f64::from(target.percent) / 100.0) * count;
            desired.insert(property.intern(&target.value), wanted);
            sum += wanted;
        }
        let implicit = (sum > 0.0 && sum < count).then_some(count - sum);
        let has_zero = desired.values().any(|wanted| *wanted == 0.0);
        Self { desired, implicit, has_zero, named: 0 }
    }
}

/// Tells values apart as far as a spread does: all that one with targets does not name are one.
#[derive(Debug)]
pub(crate) struct Telling {
    property: Property,
    /// None for an even spread.
    named: Option<BTreeSet<u32>>,
}

impl Telling {
    pub(crate) fn new(spread: &Spread, property: Property) -> Self {
        let named = spread.targets.iter().filter_map(|target| property.known(&target.value)).collect();
        Self { property, named: (!spread.targets.is_empty()).then_some(named) }
    }

    /// The value of a row.
    pub(crate) fn value(&self, row: usize) -> u32 {
        let value = self.property.by_row[row];
        let told = value == NO_VALUE || self.named.as_ref().is_none_or(|named| named.contains(&value));
        if told { value } else { UNNAMED }
    }
}
