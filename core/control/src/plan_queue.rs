//! The leader's queue of plans: highest priority first, then first come, first served.
//!
//! Limits: [`CAPACITY`] plans; a worker whose plan finds no room gives its evaluation back.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use model::{EvalId, Outcome};

use crate::eval_broker::TokenError;
use crate::token::Token;

/// Plans that may wait.
pub const CAPACITY: usize = 4_096;

/// Names a call of the shell that waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CallId(pub u64);

/// Why a plan was not looked at, or not committed. The evaluation is to be given back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// This server is not the leader.
    #[error("this server is not the leader")]
    NotLeader,
    /// The worker lost the evaluation.
    #[error("the plan's evaluation belongs to another worker")]
    Token(#[from] TokenError),
    /// Too many plans wait.
    #[error("the plan queue is full")]
    QueueFull,
    /// The plan does not fit into one entry of the log and cannot be split.
    #[error("the plan of evaluation {0} is too large")]
    TooLarge(EvalId),
    /// Leadership was lost while the plan was being committed: its fate is open.
    #[error("the plan was not committed")]
    NotCommitted,
}

/// A plan that waits.
#[derive(Debug, Clone)]
pub struct QueuedPlan {
    /// Whom to answer.
    pub call: CallId,
    /// Proves ownership of the evaluation.
    pub token: Token,
    /// Plan, evaluation and created evaluations.
    pub outcome: Box<Outcome>,
}

/// The queue.
#[derive(Debug, Default)]
pub struct PlanQueue {
    plans: BTreeMap<(Reverse<u8>, u64), QueuedPlan>,
    sequence: u64,
}

impl PlanQueue {
    /// Adds a plan.
    ///
    /// # Errors
    /// There is no room.
    pub fn push(&mut self, plan: QueuedPlan) -> Result<(), PlanError> {
        if self.plans.len() >= CAPACITY {
            return Err(PlanError::QueueFull);
        }
        self.sequence += 1;
        self.plans.insert((Reverse(plan.outcome.plan.priority), self.sequence), plan);
        Ok(())
    }

    /// Takes the best plan.
    pub fn pop(&mut self) -> Option<QueuedPlan> {
        self.plans.pop_first().map(|(_, plan)| plan)
    }

    /// Puts back, before all others of its priority, the plan that was taken last.
    pub fn push_front(&mut self, plan: QueuedPlan) {
        let priority = Reverse(plan.outcome.plan.priority);
        let first = self.plans.range((priority, 0)..=(priority, u64::MAX)).next().map(|(key, _)| key.1);
        let sequence = first.map_or(self.sequence, |first| first.saturating_sub(1));
        self.plans.insert((priority, sequence), plan);
    }

    /// How many wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.plans.len()
    }

    /// Whether none waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.plans.is_empty()
    }
}
