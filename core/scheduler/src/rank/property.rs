//! How many allocations of a job have each value of a node property: for spreads and distinct properties.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::feasible::{Rows, Target};
use model::{Name, Node};

/// The value of a node that does not have the property.
pub(crate) const NO_VALUE: u32 = u32::MAX;
/// Stands for all values that a spread with targets does not name.
pub(crate) const UNNAMED: u32 = u32::MAX - 1;

/// Counts by value, with the value of every candidate node.
#[derive(Debug, Clone)]
pub(crate) struct Property {
    target: Target,
    ids: Arc<BTreeMap<Name, u32>>,
    names: Arc<Vec<Name>>,
    counts: Vec<u32>,
    /// The sum of all counts.
    total: u32,
    /// How many values have each count above 0.
    values: BTreeMap<u32, u32>,
    /// Value of each candidate node, or [`NO_VALUE`].
    pub(crate) by_row: Arc<Vec<u32>>,
}

impl Property {
    /// A property of these nodes, with nothing counted.
    pub(crate) fn new(target: Target, rows: Rows<'_>) -> Self {
        let of_class = target.is_of_class();
        let mut property = Self {
            target,
            ids: Arc::default(),
            names: Arc::default(),
            counts: Vec::new(),
            total: 0,
            values: BTreeMap::new(),
            by_row: Arc::default(),
        };
        property.by_row = Arc::new(if of_class {
            rows.by_kind(|node| property.value_of(node))
        } else {
            rows.nodes.iter().map(|node| property.value_of(node)).collect()
        });
        property
    }

    /// The value of any node.
    pub(crate) fn value_of(&mut self, node: &Node) -> u32 {
        let Some(value) = self.target.resolve(node) else { return NO_VALUE };
        if let Some(&id) = self.ids.get(&*value) {
            return id;
        }
        let value = value.into_owned();
        self.intern(&value)
    }

    /// What it is a property of.
    pub(crate) const fn target(&self) -> &Target {
        &self.target
    }

    /// The number of a value that a candidate has.
    pub(crate) fn known(&self, value: &str) -> Option<u32> {
        self.ids.get(value).copied()
    }

    /// The number of a value, known or new.
    pub(crate) fn intern(&mut self, value: &str) -> u32 {
        if let Some(&id) = self.ids.get(value) {
            return id;
        }
        let id = u32::try_from(self.names.len())
            .expect("there are fewer values than nodes and targets, both below 2^32");
        let value = Name::from(value);
        Arc::make_mut(&mut self.ids).insert(value.clone(), id);
        Arc::make_mut(&mut self.names).push(value);
        self.counts.push(0);
        id
    }

    pub(crate) fn name(&self, value: u32) -> &str {
        self.names.get(value as usize).map_or("", |name| &**name)
    }

    pub(crate) fn count(&self, value: u32) -> u32 {
        self.counts.get(value as usize).copied().unwrap_or(0)
    }

    /// How many allocations are counted, whatever their value.
    pub(crate) const fn total(&self) -> u32 {
        self.total
    }

    pub(crate) fn add(&mut self, value: u32) {
        if let Some(count) = self.counts.get_mut(value as usize) {
            *count += 1;
            self.total += 1;
            let now = *count;
            self.move_value(now - 1, now);
        }
    }

    pub(crate) fn remove(&mut self, value: u32) {
        if let Some(count) = self.counts.get_mut(value as usize).filter(|count| **count > 0) {
            *count -= 1;
            self.total -= 1;
            let now = *count;
            self.move_value(now + 1, now);
        }
    }

    /// Notes that a value has another count.
    fn move_value(&mut self, before: u32, now: u32) {
        if let Some(values) = self.values.get_mut(&before) {
            *values -= 1;
            if *values == 0 {
                self.values.remove(&before);
            }
        }
        if now > 0 {
            *self.values.entry(now).or_default() += 1;
        }
    }

    /// The smallest and the largest count above 0; none when nothing is counted.
    pub(crate) fn extremes(&self) -> Option<(u32, u32)> {
        let (first, last) = (self.values.first_key_value()?, self.values.last_key_value()?);
        Some((*first.0, *last.0))
    }
}
