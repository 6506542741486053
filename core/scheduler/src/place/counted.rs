//! The allocations of a job on the nodes, as anti-affinity, distinct rules and spreads count them.

use model::{Alloc, Job, Name, TaskGroup};
use state::State;

use super::Sifted;
use super::change::{Change, ChangeKind};
use crate::cluster::Cluster;
use crate::feasible::{DistinctHosts, DistinctProperty};
use crate::rank::{NO_VALUE, Property, Spreads};

/// Counts by node and by property value.
#[derive(Debug, Clone)]
pub(crate) struct Counted {
    group: Name,
    hosts: DistinctHosts,
    /// Allocations of the group by row.
    pub(crate) of_group: Vec<u32>,
    /// Allocations of the job by row; only kept for `distinct_hosts` of the job.
    of_job: Vec<u32>,
    /// Rows on which the job had allocations before the plan.
    rows: Vec<usize>,
    properties: Vec<(DistinctProperty, Property)>,
    pub(crate) spreads: Spreads,
}

impl Counted {
    /// The counts of the snapshot.
    pub(crate) fn new(
        cluster: &Cluster<'_>,
        job: &Job,
        group: &TaskGroup,
        sifted: &Sifted,
        earlier_weight: f64,
    ) -> Self {
        let properties = DistinctProperty::of(job, group).into_iter().map(|rule| {
            let property = sifted.property(&rule.target);
            (rule, property)
        });
        let hosts = DistinctHosts::of(job, group);
        let mut counted = Self {
            group: group.name.as_str().into(),
            hosts,
            of_group: vec![0; cluster.len()],
            of_job: vec![0; if hosts == DistinctHosts::Job { cluster.len() } else { 0 }],
            rows: Vec::new(),
            properties: properties.collect(),
            spreads: Spreads::of(job, group, earlier_weight, |target| sifted.property(target)),
        };
        for alloc in cluster.snapshot().allocs_of_job(&job.key()) {
            counted.count_existing(cluster, alloc);
        }
        counted
    }

    /// Rows on which the job had allocations before the plan.
    pub(crate) fn rows(&self) -> &[usize] {
        &self.rows
    }

    /// Whether nodes are kept off by how many allocations share a property with them.
    pub(crate) const fn limits_properties(&self) -> bool {
        !self.properties.is_empty()
    }

    fn count_existing(&mut self, cluster: &Cluster<'_>, alloc: &Alloc) {
        if alloc.client_terminal() {
            return;
        }
        let change = Change {
            node: alloc.node,
            row: cluster.row(alloc.node),
            group: alloc.group.clone(),
            kind: ChangeKind::Added,
            live: !alloc.is_terminal(),
        };
        let row = self.follow(cluster, &change);
        self.rows.extend(row);
    }

    /// Whether a row that the plan did not change has no allocation of the group.
    pub(crate) fn is_alone(&self, row: usize) -> bool {
        self.rows.is_empty() || self.of_group[row] == 0
    }

    /// Name of the group.
    pub(crate) const fn group(&self) -> &Name {
        &self.group
    }

    /// Takes note of a change; tells the row of its node.
    pub(crate) fn follow(&mut self, cluster: &Cluster<'_>, change: &Change) -> Option<usize> {
        let row = change.row;
        let mine = change.group == self.group;
        if let Some(row) = row {
            if mine {
                shift(&mut self.of_group[row], change.kind);
            }
            if let Some(count) = self.of_job.get_mut(row) {
                shift(count, change.kind);
            }
        }
        if change.live {
            for (rule, property) in &mut self.properties {
                if mine || !rule.group_only {
                    shift_property(property, row, change, cluster.snapshot());
                }
            }
            if mine {
                let added = change.kind == ChangeKind::Added;
                self.spreads.count(added, row.is_some(), |property| {
                    value_on(property, row, change, cluster.snapshot())
                });
            }
        }
        row
    }

    /// Why a distinct rule keeps the group off a row; none when none does.
    pub(crate) fn reason(&self, row: usize) -> Option<String> {
        let hosts = match self.hosts {
            DistinctHosts::Off => 0,
            DistinctHosts::Group => self.of_group[row],
            DistinctHosts::Job => self.of_job[row],
        };
        if hosts > 0 {
            return Some("distinct_hosts".to_owned());
        }
        self.properties.iter().find_map(|(rule, property)| {
            let value = property.by_row[row];
            if value == NO_VALUE {
                return Some(format!("missing property {:?}", rule.text));
            }
            let count = property.count(value);
            let full = u64::from(count) >= rule.limit;
            full.then(|| {
                format!("distinct_property: {}={} used by {count} allocs", rule.text, property.name(value))
            })
        })
    }

    /// The rows that share a limited value with this one, when its limit is near.
    pub(crate) fn sharing(&self, row: usize) -> Vec<usize> {
        let mut rows = Vec::new();
        for (rule, property) in &self.properties {
            let value = property.by_row[row];
            if u64::from(property.count(value)) + 1 < rule.limit {
                continue;
            }
            let same = property.by_row.iter().enumerate().filter(|entry| *entry.1 == value && entry.0 != row);
            rows.extend(same.map(|entry| entry.0));
        }
        rows
    }
}

fn shift(count: &mut u32, kind: ChangeKind) {
    match kind {
        ChangeKind::Added => *count += 1,
        ChangeKind::Removed => *count = count.saturating_sub(1),
    }
}

/// The value of the node that a change is about.
fn value_on(property: &mut Property, row: Option<usize>, change: &Change, snapshot: &State) -> u32 {
    match row {
        Some(row) => property.by_row[row],
        None => snapshot.node(change.node).map_or(NO_VALUE, |node| property.value_of(node)),
    }
}

fn shift_property(property: &mut Property, row: Option<usize>, change: &Change, snapshot: &State) {
    let value = value_on(property, row, change, snapshot);
    match change.kind {
        ChangeKind::Added => property.add(value),
        ChangeKind::Removed => property.remove(value),
    }
}
