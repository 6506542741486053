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
        self.evals_by_job.get(key).into_iter().flatten().filter_map(|id| self.evals.get(id))
    }

    /// Stores an evaluation. Indexes on the record are the caller's.
    pub(crate) fn put_eval(&mut self, eval: Eval) {
        self.evals_by_job.entry(eval.job.clone()).or_default().insert(eval.id);
        self.evals.insert(eval.id, Arc::new(eval));
        self.indexes.set(Table::Evals, self.index);
    }

    /// Forgets an evaluation.
    pub(crate) fn remove_eval(&mut self, id: EvalId) -> Option<Arc<Eval>> {
        let removed = self.evals.remove(&id)?;
        if let Some(ids) = self.evals_by_job.get_mut(&removed.job) {
            ids.remove(&id);
            if ids.is_empty() {
                self.evals_by_job.remove(&removed.job);
            }
        }
        self.indexes.set(Table::Evals, self.index);
        Some(removed)
    }
}
