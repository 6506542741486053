//! Spread blocks: how far the value of a node is from the share that it should have.

use std::collections::BTreeMap;

use model::{Job, Spread, TaskGroup};

use super::{NO_VALUE, Property};
use crate::feasible::Target;

/// One spread block.
#[derive(Debug, Clone)]
pub(crate) struct SpreadTerm {
    pub(crate) property: Property,
    /// Wanted counts by value; none for an even spread.
    desired: Option<BTreeMap<u32, f64>>,
    /// Wanted count of values that are not named.
    implicit: Option<f64>,
    weight: f64,
}

/// All spread blocks of a group: its job's and its own.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spreads {
    pub(crate) terms: Vec<SpreadTerm>,
    total_weight: f64,
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
        Self { terms, total_weight }
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
        let desired = (!spread.targets.is_empty()).then_some(desired);
        Self { property, desired, implicit, weight: f64::from(spread.weight) }
    }

    fn boost(&self, value: u32, total_weight: f64) -> f64 {
        match &self.desired {
            Some(desired) => self.target_boost(desired, value, total_weight),
            None => self.even_boost(value),
        }
    }

    /// How much a value lacks of its share, were one more placed there.
    fn target_boost(&self, desired: &BTreeMap<u32, f64>, value: u32, total_weight: f64) -> f64 {
        if value == NO_VALUE {
            return -1.0;
        }
        let named = desired.get(&value).copied();
        let Some(wanted) = named.or(self.implicit) else { return -1.0 };
        if wanted == 0.0 {
            return self.lowest_boost(desired, total_weight);
        }
        let count = if named.is_some() { self.property.count(value) } else { self.unnamed(desired) };
        let used = f64::from(count + 1);
        ((wanted - used) / wanted) * (self.weight / total_weight)
    }

    /// Allocations with values that are not named: they share one target.
    fn unnamed(&self, desired: &BTreeMap<u32, f64>) -> u32 {
        let named: u32 = desired.keys().map(|value| self.property.count(*value)).sum();
        self.property.total().saturating_sub(named)
    }

    /// The lowest boost of any named value, at most -1: what a value that should have none gets.
    fn lowest_boost(&self, desired: &BTreeMap<u32, f64>, total_weight: f64) -> f64 {
        let named = desired.iter().filter(|(_, wanted)| **wanted != 0.0);
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
