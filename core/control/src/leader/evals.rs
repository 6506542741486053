//! Handing out evaluations, taking them back, cancelling and giving them up.

use std::sync::Arc;

use model::{Eval, EvalId, EvalStatus, EvalTrigger, Name, Nanos, Timestamp, splitmix};
use state::Command;

use super::Leader;
use super::leadership::Waiter;
use crate::eval_broker::GivenUp;
use crate::plan_queue::CallId;
use crate::request::eval_of;
use crate::server::{Action, CallError, MAX_WAITERS};
use crate::token::Token;

/// Evaluations cancelled by one command.
const CANCEL_BATCH: usize = 728;
/// Shortest wait before a failed evaluation is followed by another, and the longest addition to it.
const FOLLOW_UP: (Nanos, Nanos) = (Nanos::from_mins(1), Nanos::from_mins(5));

impl Leader {
    pub(super) fn wait_for_eval(&mut self, call: CallId, waiter: Waiter, actions: &mut Vec<Action>) {
        if self.waiters.len() >= MAX_WAITERS {
            actions.push(Action::AnswerDequeue { call, result: Err(CallError::Busy) });
            return;
        }
        self.waiters.insert(call, waiter);
    }

    /// Gives what is ready to who waits: the leader's own workers first, others when much is ready.
    pub(super) fn serve_waiters(&mut self, now: Timestamp, actions: &mut Vec<Action>) {
        if self.waiters.is_empty() {
            return;
        }
        let mut order = Vec::new();
        if self.broker.ready_count() > 0 {
            order.extend(self.waiters.iter().map(|(call, waiter)| (!waiter.local, *call)));
            order.sort_unstable();
        }
        for (remote, call) in order {
            if remote && self.broker.ready_count() <= self.remote_threshold {
                break;
            }
            let Some(waiter) = self.waiters.get(&call) else { continue };
            let Some(mut delivery) = self.broker.dequeue(now, &waiter.kinds) else { continue };
            delivery.wait_index = delivery.wait_index.max(self.committed_index).max(self.snapshot.index);
            self.waiters.remove(&call);
            actions.push(Action::AnswerDequeue { call, result: Ok(Some(delivery)) });
        }
        let late: Vec<CallId> =
            self.waiters.iter().filter(|(_, waiter)| waiter.until <= now).map(|(call, _)| *call).collect();
        for call in late {
            self.waiters.remove(&call);
            actions.push(Action::AnswerDequeue { call, result: Ok(None) });
        }
    }

    pub(super) fn ack(
        &mut self,
        now: Timestamp,
        call: CallId,
        eval: EvalId,
        token: Token,
        actions: &mut Vec<Action>,
    ) {
        let result = self.broker.ack(now, eval, token).map_err(CallError::from);
        actions.push(Action::Answer { call, result });
        self.clean_broker(now, actions);
    }

    pub(super) fn nack(
        &mut self,
        now: Timestamp,
        call: CallId,
        eval: EvalId,
        token: Token,
        panic: Option<Name>,
        actions: &mut Vec<Action>,
    ) {
        let result = self.broker.nack(now, eval, token, panic).map(|_| ()).map_err(CallError::from);
        actions.push(Action::Answer { call, result });
        self.clean_broker(now, actions);
    }

    /// Cancels what was overtaken and gives up what was delivered too often.
    pub(super) fn clean_broker(&mut self, now: Timestamp, actions: &mut Vec<Action>) {
        let overtaken = self.broker.take_cancelable(usize::MAX);
        self.cancel(now, &overtaken, "canceled after more recent eval was processed", actions);
        let mut evals = Vec::new();
        for failed in self.broker.take_failed() {
            self.give_up(now, &failed, &mut evals);
        }
        if !evals.is_empty() {
            self.insist(now, Command::UpsertEvals(evals), actions);
        }
        if self.broker.has_forgotten() {
            let snapshot = Arc::clone(&self.snapshot);
            for eval in snapshot.evals().filter(|eval| eval.status == EvalStatus::Pending) {
                self.broker.enqueue(now, Arc::clone(eval));
            }
        }
    }

    pub(super) fn cancel(
        &mut self,
        now: Timestamp,
        evals: &[Arc<Eval>],
        description: &str,
        actions: &mut Vec<Action>,
    ) {
        for chunk in evals.chunks(CANCEL_BATCH) {
            let canceled = chunk
                .iter()
                .map(|eval| {
                    let mut eval = Eval::clone(eval);
                    eval.status = EvalStatus::Canceled;
                    eval.status_description = Name::from(description);
                    eval.modify_time = now;
                    eval
                })
                .collect();
            self.insist(now, Command::UpsertEvals(canceled), actions);
        }
    }

    /// Fails an evaluation, and has another follow it later unless this one makes the scheduler panic.
    fn give_up(&mut self, now: Timestamp, given_up: &GivenUp, evals: &mut Vec<Eval>) {
        let eval = &given_up.eval;
        let mut failed = Eval::clone(eval);
        failed.status = EvalStatus::Failed;
        failed.status_description =
            format!("evaluation reached delivery limit ({})", self.delivery_limit).into();
        failed.modify_time = now;
        if let Some(panic) = &given_up.panic {
            let tries = self.delivery_limit;
            failed.status_description =
                format!("quarantined: the scheduler panicked {tries} times, at last with: {panic}").into();
        } else if let Some(job) = self.snapshot.job(&eval.job) {
            let mut next = eval_of(now, self.ids.next_id(), job, EvalTrigger::FailedFollowUp);
            next.previous = failed.id;
            next.wait_until = now + follow_up_delay(next.id);
            next.status_description = Name::from("created for failed evaluation");
            failed.next = next.id;
            evals.push(next);
        }
        evals.push(failed);
    }
}

/// Spreads follow-ups, so that what failed together is not tried again together.
fn follow_up_delay(id: EvalId) -> Nanos {
    let (shortest, spread) = FOLLOW_UP;
    let mixed = id.0.to_be_bytes().iter().fold(0, |mixed, byte| splitmix(mixed ^ u64::from(*byte)));
    let addition = i64::try_from(mixed % spread.0.unsigned_abs()).unwrap_or(0);
    Nanos(shortest.0 + addition)
}
