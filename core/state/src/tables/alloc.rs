//! Allocations and their four indexes: by job, node, evaluation, deployment.

use std::sync::Arc;

use imbl::{OrdMap, OrdSet};
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

    /// How many allocations there are.
    #[must_use]
    pub fn alloc_count(&self) -> usize {
        self.allocs.len()
    }

    /// The allocations of a job, by id.
    pub fn allocs_of_job(&self, key: &JobKey) -> impl Iterator<Item = &Arc<Alloc>> {
        self.resolve(self.allocs_by_job.get(key))
    }

    /// The allocations on a node, by id.
    pub fn allocs_on_node(&self, id: NodeId) -> impl Iterator<Item = &Arc<Alloc>> {
        self.resolve(self.allocs_by_node.get(&id))
    }

    /// The allocations that an evaluation placed or changed last, by id.
    pub fn allocs_of_eval(&self, id: EvalId) -> impl Iterator<Item = &Arc<Alloc>> {
        self.resolve(self.allocs_by_eval.get(&id))
    }

    /// The allocations of a deployment, by id.
    pub fn allocs_of_deployment(&self, id: DeploymentId) -> impl Iterator<Item = &Arc<Alloc>> {
        self.resolve(self.allocs_by_deployment.get(&id))
    }

    fn resolve<'a>(&'a self, ids: Option<&'a OrdSet<AllocId>>) -> impl Iterator<Item = &'a Arc<Alloc>> {
        ids.into_iter().flatten().filter_map(|id| self.allocs.get(id))
    }

    /// Stores an allocation and keeps its indexes. Indexes on the record are the caller's.
    pub(crate) fn put_alloc(&mut self, alloc: Arc<Alloc>) {
        let id = alloc.id;
        let (node, eval, deployment) = (alloc.node, alloc.eval, alloc.deployment);
        let old = self.allocs.insert(id, Arc::clone(&alloc));
        if let Some(old) = &old {
            if old.eval != eval {
                unlink(&mut self.allocs_by_eval, &old.eval, id);
            }
            if old.deployment != deployment && !old.deployment.is_none() {
                unlink(&mut self.allocs_by_deployment, &old.deployment, id);
            }
        } else {
            self.allocs_by_job.entry(alloc.job_key()).or_default().insert(id);
            self.allocs_by_node.entry(node).or_default().insert(id);
        }
        if old.as_ref().is_none_or(|old| old.eval != eval) {
            self.allocs_by_eval.entry(eval).or_default().insert(id);
        }
        if !deployment.is_none() && old.as_ref().is_none_or(|old| old.deployment != deployment) {
            self.allocs_by_deployment.entry(deployment).or_default().insert(id);
        }
        self.indexes.set(Table::Allocs, self.index);
    }

    /// Forgets an allocation.
    pub(crate) fn remove_alloc(&mut self, id: AllocId) -> Option<Arc<Alloc>> {
        let removed = self.allocs.remove(&id)?;
        unlink(&mut self.allocs_by_job, &removed.job_key(), id);
        unlink(&mut self.allocs_by_node, &removed.node, id);
        unlink(&mut self.allocs_by_eval, &removed.eval, id);
        if !removed.deployment.is_none() {
            unlink(&mut self.allocs_by_deployment, &removed.deployment, id);
        }
        self.indexes.set(Table::Allocs, self.index);
        Some(removed)
    }
}

fn unlink<K: Ord + Clone>(index: &mut OrdMap<K, OrdSet<AllocId>>, key: &K, id: AllocId) {
    let Some(ids) = index.get_mut(key) else { return };
    ids.remove(&id);
    if ids.is_empty() {
        index.remove(key);
    }
}
