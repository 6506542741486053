//! Evaluations.

use model::{Eval, EvalId, EvalTrigger, Job};

/// The id of evaluation `number`.
#[must_use]
pub fn eval_id(number: u64) -> EvalId {
    EvalId::derive(&[0x6576_616c, u128::from(number)])
}

/// Pending evaluation `number` of a job, as its registration makes it.
#[must_use]
pub fn eval(number: u64, job: &Job) -> Eval {
    let priority = u8::try_from(job.priority).unwrap_or(50);
    let mut eval = Eval::new(eval_id(number), job.key(), job.kind(), priority, EvalTrigger::JobRegister);
    eval.job_modify_index = job.job_modify_index;
    eval
}
