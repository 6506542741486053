//! Allocations and their four indexes: by job, node, evaluation, deployment.

use std::sync::Arc;

use imbl::OrdSet;
use model::{Alloc, AllocId, DeploymentId, EvalId, JobKey, NodeId};

use crate::{State, Table};

impl State {
    /// The allocation of that id.
    #[must_use]
    pub fn alloc(&self, id: AllocId) -> Option<&Arc<Alloc>> {
        self.allocs.get(&id)
    }

    /// Every allocation, by id.
    pub fn allocs(&self) -> impl Iterator<Item = &Arc<Alloc>> {
        self.allocs.values()
    }

    /// The allocations with ids from `first` on, by id.
    pub fn allocs_from(&self, first: AllocId) -> impl Iterator<Item = &Arc<Alloc>> {
        self.allocs.range(first..).map(|(_, alloc)| alloc)
    }

    /// How many allocations there are.
    #[must_use]
    pub fn alloc_count(&self) -> usize {
        self.allocs.len()
    }

    /// The allocations of a job, by id.
    pub fn allocs_of_job(&self, key: &JobKey) -> impl Iterator<Item = &Arc<Alloc>> {
        let ids = self.job_links.get(key).map(|links| &links.allocs);
        ids.into_iter().flatten().filter_map(|id| self.allocs.get(id))
    }

    /// How many allocations a job has.
    #[must_use]
    pub fn alloc_count_of_job(&self, key: &JobKey) -> usize {
        self.job_links.get(key).map_or(0, |links| links.allocs.len())
    }

    /// The allocations on a node, by id.
    pub fn allocs_on_node(&self, id: NodeId) -> impl Iterator<Item = &Arc<Alloc>> {
        self.resolve(self.allocs_by_node.range((id, FIRST)..=(id, LAST)).map(|entry| entry.1))
    }

    /// The allocations that an evaluation placed or changed last, by id.
    pub fn allocs_of_eval(&self, id: EvalId) -> impl Iterator<Item = &Arc<Alloc>> {
        self.resolve(self.allocs_by_eval.range((id, FIRST)..=(id, LAST)).map(|entry| entry.1))
    }

    /// The allocations of a deployment, by id.
    pub fn allocs_of_deployment(&self, id: DeploymentId) -> impl Iterator<Item = &Arc<Alloc>> {
        self.resolve(self.allocs_by_deployment.range((id, FIRST)..=(id, LAST)).map(|entry| entry.1))
    }

    fn resolve<'a>(
        &'a self,
        ids: impl Iterator<Item = AllocId> + 'a,
    ) -> impl Iterator<Item = &'a Arc<Alloc>> {
        ids.filter_map(|id| self.allocs.get(&id))
    }

    /// Stores an allocation of job `key` and keeps indexes and columns. Indexes on the record are the caller's.
    /// Returns the record it replaces.
    pub(crate) fn put_alloc(&mut self, key: &JobKey, alloc: Arc<Alloc>) -> Option<Arc<Alloc>> {
        let (id, node, eval, deployment) = (alloc.id, alloc.node, alloc.eval, alloc.deployment);
        let live = !alloc.is_terminal();
        let old = self.allocs.insert(id, Arc::clone(&alloc));
        self.follow_alloc(old.as_deref(), Some(&alloc));
        match &old {
            None => {
                self.allocs_by_node.insert((node, id));
                self.allocs_by_eval.insert((eval, id));
                relink(&mut self.allocs_by_deployment, DeploymentId::NONE, deployment, id);
                let links = self.links_mut(key);
                links.allocs.insert(id);
                links.live += u32::from(live);
            }
            Some(old) => {
                if old.eval != eval {
                    self.allocs_by_eval.remove(&(old.eval, id));
                    self.allocs_by_eval.insert((eval, id));
                }
                relink(&mut self.allocs_by_deployment, old.deployment, deployment, id);
                if old.is_terminal() == live {
                    let links = self.links_mut(key);
                    links.live = if live { links.live + 1 } else { links.live.saturating_sub(1) };
                }
            }
        }
        self.indexes.set(Table::Allocs, self.index);
        old
    }

    /// Stores new allocations of job `key`, which must not be there yet, table by table: each index is walked
    /// once, in its own order.
    pub(crate) fn put_new_allocs(&mut self, key: &JobKey, mut allocs: Vec<Arc<Alloc>>) {
        if allocs.is_empty() {
            return;
        }
        allocs.sort_unstable_by_key(|alloc| alloc.id);
        let live = allocs.iter().filter(|alloc| !alloc.is_terminal()).count();
        let links = self.links_mut(key);
        links.allocs.extend(allocs.iter().map(|alloc| alloc.id));
        links.live += u32::try_from(live).unwrap_or(u32::MAX);
        for alloc in &allocs {
            self.allocs_by_eval.insert((alloc.eval, alloc.id));
            relink(&mut self.allocs_by_deployment, DeploymentId::NONE, alloc.deployment, alloc.id);
        }
        for alloc in &allocs {
            self.follow_alloc(None, Some(alloc));
            self.allocs.insert(alloc.id, Arc::clone(alloc));
        }
        allocs.sort_unstable_by_key(|alloc| (alloc.node, alloc.id));
        self.allocs_by_node.extend(allocs.iter().map(|alloc| (alloc.node, alloc.id)));
        self.indexes.set(Table::Allocs, self.index);
    }

    /// Forgets an allocation.
    pub(crate) fn remove_alloc(&mut self, id: AllocId) -> Option<Arc<Alloc>> {
        let removed = self.allocs.remove(&id)?;
        self.follow_alloc(Some(&removed), None);
        self.allocs_by_node.remove(&(removed.node, id));
        self.allocs_by_eval.remove(&(removed.eval, id));
        relink(&mut self.allocs_by_deployment, removed.deployment, DeploymentId::NONE, id);
        let key = self.key_of(&removed.job);
        self.unlink(&key, |links| {
            links.allocs.remove(&id);
            links.live = links.live.saturating_sub(u32::from(!removed.is_terminal()));
        });
        self.indexes.set(Table::Allocs, self.index);
        Some(removed)
    }
}

const FIRST: AllocId = AllocId(0);
const LAST: AllocId = AllocId(u128::MAX);

/// Moves an allocation from one deployment to another; either may be none.
fn relink(index: &mut OrdSet<(DeploymentId, AllocId)>, old: DeploymentId, new: DeploymentId, id: AllocId) {
    if old == new {
        return;
    }
    if !old.is_none() {
        index.remove(&(old, id));
    }
    if !new.is_none() {
        index.insert((new, id));
    }
}
