//! Whether an allocation could be updated where it runs: its node may still be used, it keeps apart from what it
//! must keep apart from, and it still fits.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{Alloc, GroupAsk, Job, Node, TaskGroup};
use state::State;

use crate::cluster::in_scope;
use crate::feasible::{DistinctHosts, DistinctProperty, GroupFilter};
use crate::fits::fits;
use crate::place::RuledOut;
use crate::usage::{Claim, NodeUse};

/// Answers for the groups of one job.
#[derive(Debug)]
pub(super) struct Stay<'a> {
    snapshot: &'a State,
    job: &'a Arc<Job>,
    filters: BTreeMap<String, GroupFilter>,
    ruled_out: RuledOut,
}

impl<'a> Stay<'a> {
    pub(super) const fn new(snapshot: &'a State, job: &'a Arc<Job>) -> Self {
        Self { snapshot, job, filters: BTreeMap::new(), ruled_out: RuledOut::new() }
    }

    /// The classes of nodes that could not keep their allocation, by group.
    pub(super) fn into_ruled_out(self) -> RuledOut {
        self.ruled_out
    }

    /// Whether `alloc` could take the job's group where it is.
    pub(super) fn can_stay(&mut self, alloc: &Alloc, group: &TaskGroup) -> bool {
        let Some(node) = self.snapshot.node(alloc.node) else { return false };
        if !in_scope(self.job, node) {
            return false;
        }
        let filter =
            self.filters.entry(group.name.clone()).or_insert_with(|| GroupFilter::new(self.job, group));
        if filter.reason_alone(node, alloc.index).is_some() {
            if filter.rules_class_out(node, alloc.index) {
                self.ruled_out.entry(group.name.clone()).or_default().insert(node.computed_class);
            }
            return false;
        }
        if self.breaks_distinct_rule(alloc, node, group) {
            return false;
        }
        let mut used = NodeUse::default();
        let others = self
            .snapshot
            .allocs_on_node(node.id)
            .filter(|other| !other.client_terminal() && other.id != alloc.id);
        others.for_each(|other| used.add(&Claim::of(other)));
        let claim =
            Claim { id: alloc.id, ask: GroupAsk::of(group), group: Some(group), assigned: &alloc.assigned };
        used.add(&claim);
        fits(node, &used).is_ok()
    }

    /// Whether others of the job or group are where this one could not join them.
    fn breaks_distinct_rule(&self, alloc: &Alloc, node: &Node, group: &TaskGroup) -> bool {
        let hosts = DistinctHosts::of(self.job, group);
        let properties = DistinctProperty::of(self.job, group);
        if hosts == DistinctHosts::Off && properties.is_empty() {
            return false;
        }
        let key = self.job.key();
        let others = || {
            let all = self.snapshot.allocs_of_job(&key);
            all.filter(|other| !other.client_terminal() && other.id != alloc.id)
        };
        let mine = |other: &Alloc| other.group == alloc.group;
        let shares_host = match hosts {
            DistinctHosts::Off => false,
            DistinctHosts::Group => others().any(|other| other.node == node.id && mine(other)),
            DistinctHosts::Job => others().any(|other| other.node == node.id),
        };
        shares_host
            || properties.iter().any(|rule| {
                let Some(value) = rule.target.resolve(node) else { return true };
                let same = others().filter(|other| {
                    let there = self.snapshot.node(other.node);
                    !other.is_terminal()
                        && (mine(other) || !rule.group_only)
                        && there.is_some_and(|there| rule.target.resolve(there).as_ref() == Some(&value))
                });
                same.count() as u64 >= rule.limit
            })
    }
}
