//! Whether an allocation could be updated where it runs: its node may still be used, and it still fits.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{Alloc, GroupAsk, Job, TaskGroup};
use state::State;

use crate::cluster::in_scope;
use crate::feasible::GroupFilter;
use crate::fits::fits;
use crate::usage::{Claim, NodeUse};

/// Answers for the groups of one job.
#[derive(Debug)]
pub(super) struct Stay<'a> {
    snapshot: &'a State,
    job: &'a Arc<Job>,
    filters: BTreeMap<String, GroupFilter>,
}

impl<'a> Stay<'a> {
    pub(super) const fn new(snapshot: &'a State, job: &'a Arc<Job>) -> Self {
        Self { snapshot, job, filters: BTreeMap::new() }
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
}
