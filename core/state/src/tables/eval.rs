//! Evaluations.

use std::sync::Arc;

use model::{Eval, EvalId, JobKey};

use crate::{State, Table};

impl State {
    /// The evaluation of that id.
    #[must_use]
    pub fn eval(&self, id: EvalId) -> Option<&Arc<Eval>> {
        self.evals.get(&id)
    }

    /// Every evaluation, by id.
    pub fn evals(&self) -> impl Iterator<Item = &Arc<Eval>> {
        self.evals.values()
    }

    /// The evaluations of a job, by id.
    pub fn evals_of_job(&self, key: &JobKey) -> impl Iterator<Item = &Arc<Eval>> {
        let ids = self.job_links.get(key).map(|links| &links.evals);
        ids.into_iter().flatten().filter_map(|id| self.evals.get(id))
    }

    /// Stores an evaluation. Indexes on the record are the caller's.
    pub(crate) fn put_eval(&mut self, eval: Eval) {
        let (id, open) = (eval.id, !eval.status.is_terminal());
        let key = eval.job.clone();
        let was_open = self.evals.insert(id, Arc::new(eval)).is_some_and(|old| !old.status.is_terminal());
        let links = self.links_mut(&key);
        links.evals.insert(id);
        links.open_evals = (links.open_evals + u32::from(open)).saturating_sub(u32::from(was_open));
        self.indexes.set(Table::Evals, self.index);
    }

    /// Forgets an evaluation.
    pub(crate) fn remove_eval(&mut self, id: EvalId) -> Option<Arc<Eval>> {
        let removed = self.evals.remove(&id)?;
        self.unlink(&removed.job, |links| {
            links.evals.remove(&id);
            links.open_evals = links.open_evals.saturating_sub(u32::from(!removed.status.is_terminal()));
        });
        self.indexes.set(Table::Evals, self.index);
        Some(removed)
    }
}
