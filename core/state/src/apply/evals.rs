//! Storing evaluations, and what a completed one means for the others of its job.

use std::sync::Arc;

use model::{Eval, EvalStatus, Name};

use crate::txn::Txn;

impl Txn<'_> {
    /// Stores evaluations in order.
    pub(super) fn store_evals(&mut self, evals: &[Eval]) {
        for eval in evals {
            self.store_eval(eval.clone());
        }
    }

    /// A job whose evaluation placed everything has nothing left to wait for.
    pub(crate) fn cancel_blocked(&mut self, done: &Eval) {
        let blocked: Vec<Arc<Eval>> = self
            .state
            .evals_of_job(&done.job)
            .filter(|eval| eval.status == EvalStatus::Blocked && eval.id != done.id)
            .cloned()
            .collect();
        for eval in blocked {
            let mut eval = Eval::clone(&eval);
            eval.status = EvalStatus::Canceled;
            eval.status_description = Name::from(format!("evaluation \"{}\" successful", done.id));
            self.store_eval(eval);
        }
    }
}
