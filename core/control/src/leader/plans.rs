//! Plans of workers: queueing, verifying, answering.

use model::{Outcome, Timestamp};

use super::Leader;
use super::proposals::Purpose;
use crate::plan_apply::PlanAnswer;
use crate::plan_queue::{CallId, PlanError, QueuedPlan};
use crate::server::Action;
use crate::token::Token;

impl Leader {
    pub(super) fn submit(
        &mut self,
        now: Timestamp,
        call: CallId,
        token: Token,
        outcome: Box<Outcome>,
        actions: &mut Vec<Action>,
    ) {
        let eval = outcome.eval.id;
        let queued = match self.broker.check(eval, token) {
            Ok(()) => self.applier.submit(QueuedPlan { call, token, outcome }),
            Err(error) => Err(PlanError::Token(error)),
        };
        match queued {
            Ok(()) => self.broker.hold(now, eval, true),
            Err(error) => actions.push(Action::AnswerPlan { call, result: Err(error) }),
        }
    }

    /// Verifies what is queued and proposes it.
    pub(super) fn advance_plans(&mut self, now: Timestamp, actions: &mut Vec<Action>) {
        let Self { applier, proposals, snapshot, .. } = self;
        let (commands, answers) = applier.advance(snapshot, now, || proposals.open(Purpose::Plans));
        actions.extend(
            commands
                .into_iter()
                .map(|(id, command)| Action::Propose { id, entry: Box::new(state::Entry { now, command }) }),
        );
        self.answer_plans(now, answers, actions);
    }

    pub(super) fn plans_committed(
        &mut self,
        now: Timestamp,
        id: u64,
        result: Option<(u64, Timestamp)>,
        actions: &mut Vec<Action>,
    ) {
        let answers = match result {
            Some((index, time)) => self.applier.committed(id, index, time),
            // Only the end of leadership loses a proposal: nothing that builds on it may be proposed.
            None => self.applier.abandon(),
        };
        self.answer_plans(now, answers, actions);
    }

    fn answer_plans(&mut self, now: Timestamp, answers: Vec<PlanAnswer>, actions: &mut Vec<Action>) {
        for answer in answers {
            self.broker.hold(now, answer.eval, false);
            actions.push(Action::AnswerPlan { call: answer.call, result: answer.result });
        }
    }
}
