//! Decides which evaluation a worker gets next, and what happens when it does not answer.
//!
//! ```text
//!              wait_until                      dequeue                 ack
//!  enqueue ──▶ delayed ──────▶ ready ─────────────────▶ outstanding ──────▶ gone
//!     │                       ▲  ▲ ▲                         │
//!     │ job is busy           │  │ └── delay (1 s, 20 s, …) ─┤ nack, or 60 s of silence
//!     └─────▶ pending ────────┘  │                           ▼ third time
//!               │   best one, on ack                       failed (follow-up after 1 to 6 minutes)
//!               └── the others, on ack ──▶ cancelable
//! ```
//!
//! An evaluation whose last delivery ended in a panic is quarantined: given up for good, without a follow-up.
//!
//! Of one job at most one evaluation is ready or outstanding, so that no two workers plan the same job.
//! Priority is strict: a higher one always goes first, then the older one.
//! Limits: [`BrokerOptions::capacity`] evaluations are tracked; those beyond it stay in the state as pending
//! and are fetched again when there is room ([`EvalBroker::has_forgotten`]).

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::{Eval, EvalId, JobKey, JobKind, Name, Nanos, Timestamp};

use crate::token::{Token, TokenSource};

/// What an operator may change about the broker.
#[derive(Debug, Clone, Copy)]
pub struct BrokerOptions {
    /// A worker that is silent for this long has lost its evaluation.
    pub nack_timeout: Nanos,
    /// Deliveries before an evaluation is given up.
    pub delivery_limit: u32,
    /// Delay after the first nack.
    pub first_delay: Nanos,
    /// Further delay for each later nack.
    pub later_delay: Nanos,
    /// Evaluations tracked at a time.
    pub capacity: usize,
}

impl Default for BrokerOptions {
    fn default() -> Self {
        Self {
            nack_timeout: Nanos::from_secs(60),
            delivery_limit: 3,
            first_delay: Nanos::from_secs(1),
            later_delay: Nanos::from_secs(20),
            capacity: 1_000_000,
        }
    }
}

/// An evaluation handed to a worker.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// The evaluation.
    pub eval: Arc<Eval>,
    /// Proves to the plan queue and to ack that the worker still owns it.
    pub token: Token,
    /// Plan on a state of at least this index.
    pub wait_index: u64,
}

/// Why an ack, a nack or a plan was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The evaluation is with no worker.
    #[error("evaluation {0} is not outstanding")]
    NotOutstanding(EvalId),
    /// Another worker has it.
    #[error("evaluation {0} is outstanding under another token")]
    OtherToken(EvalId),
}

/// What an ack or a nack changed beyond the evaluation itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nacked {
    /// It will be delivered again at this time.
    Again(Timestamp),
    /// It was delivered too often: see [`EvalBroker::take_failed`].
    Failed,
}

/// An evaluation that was delivered too often.
#[derive(Debug, Clone, PartialEq)]
pub struct GivenUp {
    /// The evaluation.
    pub eval: Arc<Eval>,
    /// The panic that its last delivery ended in; none when workers were silent or gave it back.
    pub panic: Option<Name>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Delayed(Timestamp),
    Ready,
    Pending,
    Outstanding { token: Token, deadline: Timestamp, paused: bool },
}

#[derive(Debug)]
struct Tracked {
    eval: Arc<Eval>,
    place: Place,
    deliveries: u32,
    /// Came again while it was outstanding: enqueue that one on ack.
    again: Option<Arc<Eval>>,
}

/// Highest priority first, then the oldest; the id makes the order total.
type ReadyKey = (Reverse<u8>, u64, EvalId);
/// Highest priority first, then the newest.
type PendingKey = (Reverse<u8>, Reverse<u64>, EvalId);

#[derive(Debug, Default)]
struct JobSlot {
    /// The one that is ready or outstanding.
    active: Option<EvalId>,
    pending: BTreeSet<PendingKey>,
}

/// The machine. Does nothing while paused but take evaluations in.
#[derive(Debug)]
pub struct EvalBroker {
    options: BrokerOptions,
    paused: bool,
    forgotten: bool,
    tokens: TokenSource,
    tracked: BTreeMap<EvalId, Tracked>,
    jobs: BTreeMap<JobKey, JobSlot>,
    ready: BTreeMap<JobKind, BTreeSet<ReadyKey>>,
    delayed: BTreeSet<(Timestamp, EvalId)>,
    deadlines: BTreeSet<(Timestamp, EvalId)>,
    failed: Vec<GivenUp>,
    cancelable: Vec<Arc<Eval>>,
}

impl EvalBroker {
    /// An empty broker whose tokens follow from `seed`.
    #[must_use]
    pub fn new(options: BrokerOptions, seed: u64) -> Self {
        Self {
            options,
            paused: false,
            forgotten: false,
            tokens: TokenSource::new(seed),
            tracked: BTreeMap::new(),
            jobs: BTreeMap::new(),
            ready: BTreeMap::new(),
            delayed: BTreeSet::new(),
            deadlines: BTreeSet::new(),
            failed: Vec::new(),
            cancelable: Vec::new(),
        }
    }

    /// Takes an evaluation in; one that is known already is not taken twice.
    pub fn enqueue(&mut self, now: Timestamp, eval: Arc<Eval>) {
        if let Some(known) = self.tracked.get_mut(&eval.id) {
            if matches!(known.place, Place::Outstanding { .. }) && known.eval.modify_index < eval.modify_index
            {
                known.again = Some(eval);
            }
            return;
        }
        if self.tracked.len() >= self.options.capacity {
            self.forgotten = true;
            return;
        }
        let id = eval.id;
        let until = eval.wait_until;
        self.tracked.insert(id, Tracked { eval, place: Place::Pending, deliveries: 0, again: None });
        if !until.is_never() && until > now {
            self.delay(id, until);
        } else {
            self.admit(id);
        }
    }

    /// Hands out the best ready evaluation of one of `kinds`.
    pub fn dequeue(&mut self, now: Timestamp, kinds: &[JobKind]) -> Option<Delivery> {
        if self.paused {
            return None;
        }
        let key = kinds.iter().filter_map(|kind| self.ready.get(kind)?.first()).min().copied()?;
        let token = self.tokens.next_token();
        let deadline = now + self.options.nack_timeout;
        let tracked = self.tracked.get_mut(&key.2).expect("what is ready is tracked");
        tracked.place = Place::Outstanding { token, deadline, paused: false };
        tracked.deliveries += 1;
        let eval = Arc::clone(&tracked.eval);
        self.forget_ready(&eval);
        self.deadlines.insert((deadline, eval.id));
        let wait_index = eval.modify_index;
        Some(Delivery { eval, token, wait_index })
    }

    /// The evaluation is done: its job's best waiting one becomes ready, the others can be cancelled.
    ///
    /// # Errors
    /// The worker lost the evaluation before.
    pub fn ack(&mut self, now: Timestamp, id: EvalId, token: Token) -> Result<(), TokenError> {
        self.check(id, token)?;
        let tracked = self.release(id).expect("an outstanding evaluation is tracked");
        let key = tracked.eval.job.clone();
        self.vacate(&key, id);
        if let Some(again) = tracked.again {
            self.enqueue(now, again);
        }
        self.promote(&key);
        Ok(())
    }

    /// The worker gives the evaluation back, perhaps because the scheduler panicked: it is delivered again after a
    /// delay, or given up.
    ///
    /// # Errors
    /// The worker lost the evaluation before.
    pub fn nack(
        &mut self,
        now: Timestamp,
        id: EvalId,
        token: Token,
        panic: Option<Name>,
    ) -> Result<Nacked, TokenError> {
        self.check(id, token)?;
        Ok(self.return_eval(now, id, panic))
    }

    /// Checks that `token` owns `id`.
    ///
    /// # Errors
    /// It does not.
    pub fn check(&self, id: EvalId, token: Token) -> Result<(), TokenError> {
        match self.tracked.get(&id).map(|tracked| tracked.place) {
            Some(Place::Outstanding { token: held, .. }) if held == token => Ok(()),
            Some(Place::Outstanding { .. }) => Err(TokenError::OtherToken(id)),
            Some(Place::Delayed(_) | Place::Ready | Place::Pending) | None => {
                Err(TokenError::NotOutstanding(id))
            }
        }
    }

    /// Stops the nack timer of an evaluation whose plan is queued (`true`), or starts it anew.
    pub fn hold(&mut self, now: Timestamp, id: EvalId, hold: bool) {
        let timeout = self.options.nack_timeout;
        let Some(tracked) = self.tracked.get_mut(&id) else { return };
        let Place::Outstanding { deadline, paused, .. } = &mut tracked.place else { return };
        self.deadlines.remove(&(*deadline, id));
        *paused = hold;
        if !hold {
            *deadline = now + timeout;
            self.deadlines.insert((*deadline, id));
        }
    }

    /// Moves what is due: delayed evaluations, and those of silent workers.
    pub fn tick(&mut self, now: Timestamp) {
        while let Some(&(at, id)) = self.delayed.first() {
            if at > now {
                break;
            }
            self.delayed.pop_first();
            self.admit(id);
        }
        while let Some(&(at, id)) = self.deadlines.first() {
            if at > now {
                break;
            }
            self.return_eval(now, id, None);
        }
    }

    /// When [`Self::tick`] has something to do next.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let delayed = self.delayed.first().map(|entry| entry.0);
        let silent = self.deadlines.first().map(|entry| entry.0);
        delayed.into_iter().chain(silent).min()
    }

    /// Forgets an evaluation that needs no worker any more; one that a worker has stays its own until it answers.
    pub fn discard(&mut self, id: EvalId) {
        let Some(place) = self.tracked.get(&id).map(|tracked| tracked.place) else { return };
        if matches!(place, Place::Outstanding { .. }) {
            return;
        }
        let Some(tracked) = self.release(id) else { return };
        let key = tracked.eval.job.clone();
        match place {
            Place::Delayed(until) => {
                self.delayed.remove(&(until, id));
            }
            Place::Ready => self.forget_ready(&tracked.eval),
            Place::Pending => {
                if let Some(slot) = self.jobs.get_mut(&key) {
                    slot.pending.remove(&pending_key(&tracked.eval));
                }
            }
            Place::Outstanding { .. } => {}
        }
        self.vacate(&key, id);
        self.promote(&key);
    }

    /// Stops or resumes handing out.
    pub const fn pause(&mut self, paused: bool) {
        self.paused = paused;
    }

    /// Evaluations that were overtaken by a newer one of their job, at most `limit`.
    pub fn take_cancelable(&mut self, limit: usize) -> Vec<Arc<Eval>> {
        let count = self.cancelable.len().min(limit);
        self.cancelable.drain(..count).collect()
    }

    /// Evaluations that were delivered too often.
    pub fn take_failed(&mut self) -> Vec<GivenUp> {
        std::mem::take(&mut self.failed)
    }

    /// Evaluations that wait for a worker now.
    #[must_use]
    pub fn ready_count(&self) -> usize {
        self.ready.values().map(BTreeSet::len).sum()
    }

    /// Evaluations that are with workers.
    #[must_use]
    pub fn outstanding_count(&self) -> usize {
        self.tracked.values().filter(|tracked| matches!(tracked.place, Place::Outstanding { .. })).count()
    }

    /// Evaluations tracked, wherever they are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tracked.len()
    }

    /// Whether nothing is tracked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tracked.is_empty()
    }

    /// Whether evaluations were left in the state for lack of room, and half of the room is free now.
    /// Asking clears it: the caller enqueues every pending evaluation of the state again.
    pub fn has_forgotten(&mut self) -> bool {
        let fetch = self.forgotten && self.tracked.len() <= self.options.capacity / 2;
        if fetch {
            self.forgotten = false;
        }
        fetch
    }

    fn admit(&mut self, id: EvalId) {
        let Some(tracked) = self.tracked.get_mut(&id) else { return };
        let eval = Arc::clone(&tracked.eval);
        let slot = self.jobs.entry(eval.job.clone()).or_default();
        if slot.active.is_some_and(|active| active != id) {
            tracked.place = Place::Pending;
            slot.pending.insert(pending_key(&eval));
            return;
        }
        slot.active = Some(id);
        tracked.place = Place::Ready;
        self.ready.entry(eval.kind).or_default().insert(ready_key(&eval));
    }

    fn delay(&mut self, id: EvalId, until: Timestamp) {
        if let Some(tracked) = self.tracked.get_mut(&id) {
            tracked.place = Place::Delayed(until);
            self.delayed.insert((until, id));
        }
    }

    fn forget_ready(&mut self, eval: &Eval) {
        if let Some(set) = self.ready.get_mut(&eval.kind) {
            set.remove(&ready_key(eval));
        }
    }

    fn release(&mut self, id: EvalId) -> Option<Tracked> {
        let tracked = self.tracked.remove(&id)?;
        if let Place::Outstanding { deadline, .. } = tracked.place {
            self.deadlines.remove(&(deadline, id));
        }
        Some(tracked)
    }

    fn return_eval(&mut self, now: Timestamp, id: EvalId, panic: Option<Name>) -> Nacked {
        let mut tracked = self.release(id).expect("an outstanding evaluation is tracked");
        let key = tracked.eval.job.clone();
        if tracked.deliveries >= self.options.delivery_limit {
            self.vacate(&key, id);
            self.failed.push(GivenUp { eval: tracked.eval, panic });
            self.promote(&key);
            return Nacked::Failed;
        }
        let later = i64::from(tracked.deliveries.saturating_sub(1));
        let delay = if later == 0 {
            self.options.first_delay
        } else {
            Nanos(self.options.later_delay.0.saturating_mul(later))
        };
        if let Some(newer) = tracked.again.take() {
            tracked.eval = newer;
        }
        let until = now + delay;
        // The job stays taken: the order of its evaluations must not depend on a worker's failure.
        self.tracked.insert(id, tracked);
        self.delay(id, until);
        Nacked::Again(until)
    }

    fn vacate(&mut self, key: &JobKey, id: EvalId) {
        if let Some(slot) = self.jobs.get_mut(key)
            && slot.active == Some(id)
        {
            slot.active = None;
        }
    }

    /// Makes the best waiting evaluation of a free job ready; the others are overtaken by it.
    fn promote(&mut self, key: &JobKey) {
        let Some(slot) = self.jobs.get_mut(key) else { return };
        if slot.active.is_some() {
            return;
        }
        let best = slot.pending.pop_first();
        let overtaken = std::mem::take(&mut slot.pending);
        if best.is_none() {
            self.jobs.remove(key);
        }
        for (_, _, id) in overtaken {
            if let Some(tracked) = self.tracked.remove(&id) {
                self.cancelable.push(tracked.eval);
            }
        }
        if let Some((_, _, id)) = best {
            self.admit(id);
        }
    }
}

fn ready_key(eval: &Eval) -> ReadyKey {
    (Reverse(eval.priority), eval.create_index, eval.id)
}

fn pending_key(eval: &Eval) -> PendingKey {
    (Reverse(eval.priority), Reverse(eval.modify_index), eval.id)
}
