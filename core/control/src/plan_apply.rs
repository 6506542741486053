//! The plan applier: verifies queued plans, commits them in groups, and answers each when its group is committed.
//!
//! ```text
//!  queued ──▶ verified on (state + plans in flight) ──▶ in flight ──▶ committed ──▶ answered
//!                 │ nothing is left                                        │
//!                 └──▶ answered when the last group in flight is committed ┘
//! ```
//!
//! A group is one entry of the log. While one is being committed the next is verified on the state and all
//! plans in flight. Limits: [`MAX_IN_FLIGHT`] groups before new plans have to wait (the pieces
//! of one large plan may exceed it), [`GROUP_PLANS`] plans and [`ENTRY_BYTES`] estimated bytes in a group.

use std::collections::VecDeque;

use model::{EvalId, Plan, PlanResult, Timestamp};
use state::apply::PlanCommit;
use state::{Command, Snapshot};

use crate::plan_queue::{CallId, PlanError, PlanQueue, QueuedPlan};
use crate::plan_split::{ENTRY_BYTES, size, split};
use crate::plan_verify::verify;

/// Groups in flight before new plans have to wait.
pub const MAX_IN_FLIGHT: usize = 2;
/// Plans in one group.
pub const GROUP_PLANS: usize = 256;

/// A plan's answer, or what the owner of a plan must be told.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanAnswer {
    /// Whom to answer.
    pub call: CallId,
    /// The evaluation of the plan.
    pub eval: EvalId,
    /// The answer.
    pub result: Result<PlanResult, PlanError>,
}

#[derive(Debug)]
struct Waiting {
    call: CallId,
    eval: EvalId,
    result: PlanResult,
    partial: bool,
    /// Whether anything of the plan is in the group, or in one before it.
    contains: bool,
}

/// A group that was proposed.
#[derive(Debug)]
struct Group {
    proposal: u64,
    /// How many of the plans in flight it holds.
    plans: usize,
    waiting: Vec<Waiting>,
    /// Index of the commit, once it is known.
    index: Option<u64>,
}

/// The machine.
#[derive(Debug, Default)]
pub struct PlanApplier {
    queue: PlanQueue,
    in_flight: VecDeque<Group>,
    /// The plans of all groups in flight, in their order.
    plans: Vec<Plan>,
}

impl PlanApplier {
    /// Queues a plan.
    ///
    /// # Errors
    /// There is no room.
    pub fn submit(&mut self, plan: QueuedPlan) -> Result<(), PlanError> {
        self.queue.push(plan)
    }

    /// The state moved on: groups that it contains are no longer in flight.
    pub fn applied(&mut self, snapshot: &Snapshot) {
        while self
            .in_flight
            .front()
            .and_then(|group| group.index)
            .is_some_and(|index| index <= snapshot.index)
        {
            if let Some(group) = self.in_flight.pop_front() {
                self.plans.drain(..group.plans);
            }
        }
    }

    /// A group was committed at `index`: returns the answers to its plans.
    pub fn committed(&mut self, proposal: u64, index: u64, time: Timestamp) -> Vec<PlanAnswer> {
        let Some(group) = self.in_flight.iter_mut().find(|group| group.proposal == proposal) else {
            return Vec::new();
        };
        group.index = Some(index);
        group
            .waiting
            .drain(..)
            .map(|waiting| {
                let mut result = waiting.result;
                result.index = if waiting.contains { index } else { 0 };
                result.refresh_index = if waiting.partial { index } else { 0 };
                result.time = time;
                PlanAnswer { call: waiting.call, eval: waiting.eval, result: Ok(result) }
            })
            .collect()
    }

    /// Leadership is lost: every plan is answered, none is known to be committed.
    pub fn abandon(&mut self) -> Vec<PlanAnswer> {
        let mut answers = Vec::new();
        for group in self.in_flight.drain(..) {
            answers.extend(group.waiting.into_iter().map(|waiting| PlanAnswer {
                call: waiting.call,
                eval: waiting.eval,
                result: Err(PlanError::NotCommitted),
            }));
        }
        while let Some(plan) = self.queue.pop() {
            let eval = plan.outcome.eval.id;
            answers.push(PlanAnswer { call: plan.call, eval, result: Err(PlanError::NotLeader) });
        }
        self.plans.clear();
        answers
    }

    /// Verifies what is queued, as far as there is room in flight. Every command returned is proposed under the
    /// number that `next_proposal` gave it.
    pub fn advance(
        &mut self,
        snapshot: &Snapshot,
        now: Timestamp,
        mut next_proposal: impl FnMut() -> u64,
    ) -> (Vec<(u64, Command)>, Vec<PlanAnswer>) {
        let mut commands = Vec::new();
        let mut answers = Vec::new();
        while self.in_flight.len() < MAX_IN_FLIGHT && !self.queue.is_empty() {
            let groups = self.next_groups(snapshot, now, &mut answers);
            for (commits, waiting) in groups {
                let proposal = next_proposal();
                self.in_flight.push_back(Group { proposal, plans: commits.len(), waiting, index: None });
                commands.push((proposal, Command::ApplyPlans(commits)));
            }
        }
        (commands, answers)
    }

    /// Plans that wait.
    #[must_use]
    pub fn queued(&self) -> usize {
        self.queue.len()
    }

    /// Verifies plans until a group is full; returns several groups only for the pieces of one large plan.
    fn next_groups(
        &mut self,
        snapshot: &Snapshot,
        now: Timestamp,
        answers: &mut Vec<PlanAnswer>,
    ) -> Vec<(Vec<PlanCommit>, Vec<Waiting>)> {
        let mut commits = Vec::new();
        let mut waiting = Vec::new();
        let mut bytes = 0;
        let mut groups = Vec::new();
        while waiting.len() < GROUP_PLANS {
            let Some(plan) = self.queue.pop() else { break };
            let (call, eval) = (plan.call, plan.outcome.eval.id);
            let verified = verify(snapshot, now, &self.plans, *plan.outcome);
            let contains = !verified.commit.plan.is_empty() || !verified.commit.evals.is_empty();
            let wait = Waiting { call, eval, result: verified.result, partial: verified.partial, contains };
            if !contains {
                waiting.push(wait);
                continue;
            }
            let piece = size(&verified.commit);
            if bytes + piece > ENTRY_BYTES && !commits.is_empty() {
                groups.push((std::mem::take(&mut commits), std::mem::take(&mut waiting)));
            }
            let full = bytes + piece > ENTRY_BYTES;
            let mut pieces = split(verified.commit);
            self.plans.extend(pieces.iter().map(|piece| piece.plan.clone()));
            let last = pieces.pop();
            groups.extend(pieces.into_iter().map(|piece| (vec![piece], Vec::new())));
            commits.extend(last);
            waiting.push(wait);
            bytes += piece;
            if full {
                break;
            }
        }
        if !commits.is_empty() {
            groups.push((commits, waiting));
        } else {
            self.answer_rejected(snapshot, waiting, answers);
        }
        groups
    }

    /// Nothing of these plans is left: they wait for what they collided with.
    fn answer_rejected(&mut self, snapshot: &Snapshot, waiting: Vec<Waiting>, answers: &mut Vec<PlanAnswer>) {
        let open = self.in_flight.iter_mut().rev().find(|group| group.index.is_none());
        if let Some(group) = open {
            group.waiting.extend(waiting);
            return;
        }
        let index = self.in_flight.back().and_then(|group| group.index).unwrap_or(snapshot.index);
        answers.extend(waiting.into_iter().map(|waiting| {
            let result = PlanResult { refresh_index: index.max(1), time: snapshot.now, ..waiting.result };
            PlanAnswer { call: waiting.call, eval: waiting.eval, result: Ok(result) }
        }));
    }
}
