//! Decides what one scheduling worker does with an evaluation, from dequeue to ack.
//!
//! ```text
//!           Deliver            CaughtUp               Scheduled               full commit
//!  idle ──────────▶ catching up ───────▶ scheduling ────────────▶ submitted ─────────────▶ (ack) idle
//!   ▲                 │ 5 s                │ panic      ▲            │ │ partial, attempts left
//!   └──── (nack) ─────┴─── panic ──────────┘            └─ catching up ◀┘ (wait for the refresh index)
//!                                                                      │ attempts exhausted
//!                                          (fail it, block another) ◀──┘
//! ```
//!
//! A panic of the scheduler costs the evaluation that met it one of its deliveries, and nothing else: it is given
//! back with the panic's text, and the broker quarantines it after the last. What the scheduler refuses to look at
//! fails at once.
//!
//! Limits: attempts without progress by kind of job ([`attempts`]); attempts in all [`MAX_ROUNDS`].

use std::sync::Arc;

use model::{
    Eval, EvalId, EvalStatus, EvalTrigger, JobKind, Name, Nanos, Outcome, Plan, PlanResult, Timestamp,
};

use scheduler::ScheduleError;

use crate::eval_broker::Delivery;
use crate::plan_queue::PlanError;
use crate::token::Token;

/// A worker gives an evaluation back when its own state is not new enough after this time.
pub const CATCH_UP: Nanos = Nanos::from_secs(5);
/// Rounds of one delivery, progress or not.
pub const MAX_ROUNDS: u32 = 100;
/// Shortest and longest wait after an error.
const BACKOFF: (Nanos, Nanos) = (Nanos::from_millis(20), Nanos::from_secs(10));

/// Attempts without progress before an evaluation of `kind` is given up.
#[must_use]
pub const fn attempts(kind: JobKind) -> u32 {
    match kind {
        JobKind::Service | JobKind::System => 5,
        JobKind::Batch | JobKind::Sysbatch => 2,
    }
}

/// What a worker is told.
#[derive(Debug, Clone)]
pub enum WorkerEvent {
    /// Begin, or the wait after an error is over.
    Start,
    /// The answer to its dequeue; none means that nothing was ready in time.
    Delivered(Option<Delivery>),
    /// The dequeue failed: no leader, or no connection to it.
    DequeueFailed,
    /// The local state has reached the index that was waited for.
    CaughtUp,
    /// It has not in time.
    Lagging,
    /// The scheduler is done.
    Scheduled(Box<Outcome>),
    /// The scheduler refused the evaluation.
    NotScheduled(ScheduleError),
    /// The scheduler panicked, with this text.
    Panicked(Name),
    /// The leader answers the plan.
    Answered(Result<PlanResult, PlanError>),
}

/// What a worker does.
#[derive(Debug, Clone, PartialEq)]
pub enum WorkerAction {
    /// Ask the leader for an evaluation, then [`WorkerEvent::Delivered`] or `DequeueFailed`.
    Dequeue,
    /// Wait for the local state, then [`WorkerEvent::CaughtUp`], or `Lagging` at the deadline.
    AwaitIndex {
        /// The index.
        index: u64,
        /// Until when.
        deadline: Timestamp,
    },
    /// Run the scheduler on the newest local snapshot, then [`WorkerEvent::Scheduled`], `NotScheduled` or `Panicked`.
    Schedule {
        /// The evaluation.
        eval: Arc<Eval>,
    },
    /// Submit to the leader's plan queue, then [`WorkerEvent::Answered`].
    Submit {
        /// Proves ownership.
        token: Token,
        /// Plan, evaluation and created evaluations.
        outcome: Box<Outcome>,
    },
    /// Tell the leader that the evaluation is done.
    Ack {
        /// The evaluation.
        eval: EvalId,
        /// Proves ownership.
        token: Token,
    },
    /// Give the evaluation back.
    Nack {
        /// The evaluation.
        eval: EvalId,
        /// Proves ownership.
        token: Token,
        /// The panic that it caused, if it did.
        panic: Option<Name>,
    },
    /// Send [`WorkerEvent::Start`] at this time.
    WakeAt(Timestamp),
}

#[derive(Debug, Clone)]
struct Work {
    eval: Arc<Eval>,
    token: Token,
    failures: u32,
    rounds: u32,
    /// The evaluation as the last submitted outcome would store it.
    wanted: Option<Box<Eval>>,
    /// The submission only records that the evaluation is given up.
    giving_up: bool,
}

/// The machine of one worker.
#[derive(Debug, Default)]
pub struct Worker {
    work: Option<Work>,
    errors: u32,
}

impl Worker {
    /// Takes one event and says what to do.
    #[must_use]
    pub fn handle(&mut self, now: Timestamp, event: WorkerEvent) -> Vec<WorkerAction> {
        match event {
            WorkerEvent::Start => vec![WorkerAction::Dequeue],
            WorkerEvent::Delivered(None) => {
                self.errors = 0;
                vec![WorkerAction::Dequeue]
            }
            WorkerEvent::Delivered(Some(delivery)) => self.begin(now, delivery),
            WorkerEvent::DequeueFailed => vec![self.back_off(now)],
            WorkerEvent::CaughtUp => self.schedule(),
            WorkerEvent::Lagging => self.give_back(None),
            WorkerEvent::Panicked(text) => self.give_back(Some(text)),
            WorkerEvent::NotScheduled(ScheduleError::Over(..)) => self.give_back(None),
            WorkerEvent::NotScheduled(error @ ScheduleError::TooMany { .. }) => self.refuse(now, &error),
            WorkerEvent::Scheduled(outcome) => self.submit(*outcome),
            WorkerEvent::Answered(Ok(result)) => self.answered(now, &result),
            WorkerEvent::Answered(Err(_)) => self.give_back(None),
        }
    }

    /// The evaluation it works on.
    #[must_use]
    pub fn eval(&self) -> Option<EvalId> {
        self.work.as_ref().map(|work| work.eval.id)
    }

    fn begin(&mut self, now: Timestamp, delivery: Delivery) -> Vec<WorkerAction> {
        self.errors = 0;
        let index = delivery.wait_index;
        self.work = Some(Work {
            eval: delivery.eval,
            token: delivery.token,
            failures: 0,
            rounds: 0,
            wanted: None,
            giving_up: false,
        });
        vec![WorkerAction::AwaitIndex { index, deadline: now + CATCH_UP }]
    }

    fn schedule(&mut self) -> Vec<WorkerAction> {
        let Some(work) = &mut self.work else { return Vec::new() };
        work.rounds += 1;
        vec![WorkerAction::Schedule { eval: Arc::clone(&work.eval) }]
    }

    fn submit(&mut self, outcome: Outcome) -> Vec<WorkerAction> {
        let Some(work) = &mut self.work else { return Vec::new() };
        work.wanted = Some(Box::new(outcome.eval.clone()));
        vec![WorkerAction::Submit { token: work.token, outcome: Box::new(outcome) }]
    }

    fn answered(&mut self, now: Timestamp, result: &PlanResult) -> Vec<WorkerAction> {
        let Some(work) = &mut self.work else { return Vec::new() };
        if result.refresh_index == 0 || work.giving_up {
            let (eval, token) = (work.eval.id, work.token);
            self.work = None;
            return vec![WorkerAction::Ack { eval, token }, WorkerAction::Dequeue];
        }
        if result.index > 0 {
            work.failures = 0;
        } else {
            work.failures += 1;
        }
        if work.failures >= attempts(work.eval.kind) || work.rounds >= MAX_ROUNDS {
            work.giving_up = true;
            let outcome = Box::new(give_up(now, work));
            return vec![WorkerAction::Submit { token: work.token, outcome }];
        }
        vec![WorkerAction::AwaitIndex { index: result.refresh_index, deadline: now + CATCH_UP }]
    }

    fn give_back(&mut self, panic: Option<Name>) -> Vec<WorkerAction> {
        let Some(work) = self.work.take() else { return vec![WorkerAction::Dequeue] };
        vec![WorkerAction::Nack { eval: work.eval.id, token: work.token, panic }, WorkerAction::Dequeue]
    }

    /// Records why the evaluation cannot be looked at, now or later.
    fn refuse(&mut self, now: Timestamp, error: &ScheduleError) -> Vec<WorkerAction> {
        let Some(work) = &mut self.work else { return Vec::new() };
        work.giving_up = true;
        let mut eval = Eval::clone(&work.eval);
        eval.status = EvalStatus::Failed;
        eval.status_description = error.to_string().into();
        eval.modify_time = now;
        let outcome = Outcome { plan: Plan::new(&eval, eval.snapshot_index), eval, created: Vec::new() };
        vec![WorkerAction::Submit { token: work.token, outcome: Box::new(outcome) }]
    }

    fn back_off(&mut self, now: Timestamp) -> WorkerAction {
        let (shortest, longest) = BACKOFF;
        let doubled = shortest.0.saturating_mul(1_i64 << self.errors.min(20));
        self.errors = self.errors.saturating_add(1);
        WorkerAction::WakeAt(now + Nanos(doubled).min(longest))
    }
}

/// Fails the evaluation and blocks another in its place, which is tried again in a minute.
fn give_up(now: Timestamp, work: &Work) -> Outcome {
    let mut eval = work.wanted.as_ref().map_or_else(|| (*work.eval).clone(), |wanted| (**wanted).clone());
    let mut blocked = Eval::new(
        EvalId::derive(&[eval.id.0, 0xb10c]),
        eval.job.clone(),
        eval.kind,
        eval.priority,
        EvalTrigger::MaxPlanAttempts,
    );
    blocked.status = EvalStatus::Blocked;
    blocked.status_description = Name::from("created due to placement conflicts");
    blocked.previous = eval.id;
    blocked.job_modify_index = eval.job_modify_index;
    blocked.class_eligibility.clone_from(&eval.class_eligibility);
    blocked.escaped = eval.escaped;
    blocked.queued.clone_from(&eval.queued);
    blocked.snapshot_index = eval.snapshot_index;
    blocked.create_time = now;
    blocked.modify_time = now;
    eval.status = EvalStatus::Failed;
    eval.status_description = format!("maximum attempts reached ({})", attempts(eval.kind)).into();
    eval.blocked = blocked.id;
    eval.modify_time = now;
    Outcome { plan: Plan::new(&eval, eval.snapshot_index), eval, created: vec![blocked] }
}
