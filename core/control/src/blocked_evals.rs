//! Keeps the evaluations that wait for room, and says which to wake when something changes.
//!
//! ```text
//!  block ──▶ blocked ──┬── a node of a class that may take it has room ──▶ woken (back to the broker)
//!    │                 ├── every minute, if it was blocked by conflicts ─▶ woken
//!    │                 └── its job was evaluated successfully ──────────▶ overtaken (to be cancelled)
//!    ├── room was made after it was planned ─────────────────────────────▶ woken at once
//!    └── the job has one already: the older of the two ──────────────────▶ overtaken
//! ```
//!
//! One blocked evaluation per job; system jobs have one per job and node.
//! Limits: as many as there are jobs (times nodes for system jobs) in the state; the history of unblocks
//! forgets what is older than [`HISTORY`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::{Eval, EvalId, EvalTrigger, JobKey, Nanos, NodeId, Timestamp};

/// Unblocks older than this are forgotten: no evaluation is planned on a state as old as that.
pub const HISTORY: Nanos = Nanos::from_mins(15);
/// Evaluations that were blocked by conflicts are tried again this often.
pub const CONFLICT_RETRY: Nanos = Nanos::from_mins(1);

/// What blocking an evaluation led to.
#[derive(Debug, Clone, PartialEq)]
pub enum Blocked {
    /// It waits.
    Waits,
    /// It waits instead of this older one, which is to be cancelled.
    Replaces(Arc<Eval>),
    /// An at least equally new one waits already: this one is to be cancelled.
    Superseded,
    /// Room was made since it was planned: enqueue it.
    Missed,
}

/// Nodes of which blocked evaluations are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Room {
    /// The node.
    pub node: NodeId,
    /// Its class.
    pub class: u64,
}

#[derive(Debug, Clone, Copy)]
struct Unblock {
    index: u64,
    time: Timestamp,
}

/// The machine.
#[derive(Debug, Default)]
pub struct BlockedEvals {
    evals: BTreeMap<EvalId, Arc<Eval>>,
    by_job: BTreeMap<(JobKey, NodeId), EvalId>,
    conflicts: BTreeSet<EvalId>,
    classes: BTreeMap<u64, Unblock>,
    nodes: BTreeMap<NodeId, Unblock>,
    next_retry: Option<Timestamp>,
}

impl BlockedEvals {
    /// Tracks a blocked evaluation.
    pub fn block(&mut self, now: Timestamp, eval: Arc<Eval>) -> Blocked {
        if self.evals.contains_key(&eval.id) {
            self.forget(eval.id);
        }
        if self.missed(&eval) {
            return Blocked::Missed;
        }
        let slot = (eval.job.clone(), about_node(&eval));
        let older = self.by_job.get(&slot).and_then(|id| self.evals.get(id)).cloned();
        if let Some(older) = &older
            && (older.create_index, older.id) > (eval.create_index, eval.id)
        {
            return Blocked::Superseded;
        }
        if let Some(older) = &older {
            self.forget(older.id);
        }
        self.by_job.insert(slot, eval.id);
        if eval.trigger == EvalTrigger::MaxPlanAttempts {
            self.conflicts.insert(eval.id);
            self.next_retry.get_or_insert(now + CONFLICT_RETRY);
        }
        self.evals.insert(eval.id, eval);
        older.map_or(Blocked::Waits, Blocked::Replaces)
    }

    /// Room was made on nodes, at `index`: returns the evaluations to enqueue.
    pub fn unblock(&mut self, now: Timestamp, index: u64, room: &BTreeSet<Room>) -> Vec<Arc<Eval>> {
        let unblock = Unblock { index, time: now };
        for place in room {
            self.classes.insert(place.class, unblock);
            self.nodes.insert(place.node, unblock);
        }
        let classes: BTreeSet<u64> = room.iter().map(|place| place.class).collect();
        let nodes: BTreeSet<NodeId> = room.iter().map(|place| place.node).collect();
        let woken: Vec<EvalId> = self
            .evals
            .values()
            .filter(|eval| match about_node(eval) {
                NodeId::NONE => may_take(eval, &classes),
                node => nodes.contains(&node),
            })
            .map(|eval| eval.id)
            .collect();
        self.take(&woken)
    }

    /// A job was evaluated successfully, or is gone: returns its blocked evaluations, to be cancelled.
    /// `node` limits that to the one about this node.
    pub fn untrack(&mut self, job: &JobKey, node: NodeId) -> Vec<Arc<Eval>> {
        let ids: Vec<EvalId> = if node.is_none() {
            let from = (job.clone(), NodeId::NONE);
            self.by_job.range(from..).take_while(|(slot, _)| slot.0 == *job).map(|(_, id)| *id).collect()
        } else {
            self.by_job.get(&(job.clone(), node)).copied().into_iter().collect()
        };
        self.take(&ids)
    }

    /// Forgets an evaluation that waits no more; one that is not tracked is no matter.
    pub fn forget(&mut self, id: EvalId) {
        let Some(eval) = self.evals.remove(&id) else { return };
        let slot = (eval.job.clone(), about_node(&eval));
        if self.by_job.get(&slot) == Some(&id) {
            self.by_job.remove(&slot);
        }
        self.conflicts.remove(&id);
    }

    /// Returns the evaluations blocked by conflicts when their minute is over, and forgets old history.
    pub fn tick(&mut self, now: Timestamp) -> Vec<Arc<Eval>> {
        if self.next_retry.is_none_or(|at| at > now) {
            return Vec::new();
        }
        self.next_retry = None;
        let horizon = now - HISTORY;
        self.classes.retain(|_, unblock| unblock.time > horizon);
        self.nodes.retain(|_, unblock| unblock.time > horizon);
        let ids: Vec<EvalId> = self.conflicts.iter().copied().collect();
        self.take(&ids)
    }

    /// When [`Self::tick`] has something to do next.
    #[must_use]
    pub const fn next_deadline(&self) -> Option<Timestamp> {
        self.next_retry
    }

    /// How many wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.evals.len()
    }

    /// Whether none waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.evals.is_empty()
    }

    fn take(&mut self, ids: &[EvalId]) -> Vec<Arc<Eval>> {
        let mut taken = Vec::with_capacity(ids.len());
        for &id in ids {
            taken.extend(self.evals.get(&id).cloned());
            self.forget(id);
        }
        taken
    }

    /// Whether room was made after the state that the evaluation was planned on.
    fn missed(&self, eval: &Eval) -> bool {
        let node = about_node(eval);
        if !node.is_none() {
            return self.nodes.get(&node).is_some_and(|unblock| unblock.index > eval.snapshot_index);
        }
        self.classes
            .iter()
            .any(|(class, unblock)| unblock.index > eval.snapshot_index && class_may_take(eval, *class))
    }
}

/// The node that a system job's evaluation waits for; evaluations of other jobs wait for any.
const fn about_node(eval: &Eval) -> NodeId {
    if eval.kind.is_system() { eval.node } else { NodeId::NONE }
}

fn may_take(eval: &Eval, classes: &BTreeSet<u64>) -> bool {
    classes.iter().any(|class| class_may_take(eval, *class))
}

/// A class that was not seen counts as eligible.
fn class_may_take(eval: &Eval, class: u64) -> bool {
    eval.escaped || eval.class_eligibility.get(&class).copied().unwrap_or(true)
}
