//! Proposals in flight, and what each was for.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{DeploymentId, JobKey, NodeId, NodeStatus, Timestamp};
use state::{Command, Entry};

use super::Leader;
use crate::heartbeat::Pulse;
use crate::plan_queue::CallId;
use crate::server::{Action, CallError};

/// What a proposal was for.
#[derive(Debug)]
pub(super) enum Purpose {
    /// Commits plans.
    Plans,
    /// Changes the status of a node.
    NodeStatus(NodeId, NodeStatus),
    /// Moves a deployment on.
    Deployment(DeploymentId),
    /// Moves allocations off draining nodes.
    Drain,
    /// Launches a periodic job.
    Launch(JobKey),
    /// Stores reports of clients.
    Updates(Vec<CallId>),
    /// Forgets what is terminal. The next pass does what is lost.
    Garbage,
    /// This command, kept to be proposed again when it is lost.
    Command(Box<Command>),
}

/// Proposals in flight by number.
#[derive(Debug)]
pub(super) struct Proposals {
    last: u64,
    open: BTreeMap<u64, Purpose>,
}

impl Proposals {
    /// No proposals; their numbers follow from the term's seed, so that the outcome of one that an earlier leader of
    /// this server made is not taken for an outcome of ours.
    pub(super) fn new(seed: u64) -> Self {
        Self { last: seed >> 2, open: BTreeMap::new() }
    }

    /// The next number, taken for `purpose`.
    pub(super) fn open(&mut self, purpose: Purpose) -> u64 {
        self.last += 1;
        self.open.insert(self.last, purpose);
        self.last
    }

    /// Ends a proposal.
    pub(super) fn close(&mut self, id: u64) -> Option<Purpose> {
        self.open.remove(&id)
    }

    /// Ends all of them.
    pub(super) fn close_all(&mut self) -> impl Iterator<Item = Purpose> {
        std::mem::take(&mut self.open).into_values()
    }
}

impl Leader {
    pub(super) fn propose(
        &mut self,
        now: Timestamp,
        purpose: Purpose,
        command: Command,
        actions: &mut Vec<Action>,
    ) {
        if matches!(purpose, Purpose::Garbage) {
            self.garbage_open += 1;
        }
        let id = self.proposals.open(purpose);
        actions.push(Action::Propose { id, entry: Box::new(Entry { now, command }) });
    }

    /// A proposal was committed at an index and time, or is lost.
    pub(super) fn committed(
        &mut self,
        now: Timestamp,
        id: u64,
        result: Option<(u64, Timestamp)>,
        actions: &mut Vec<Action>,
    ) {
        let index = result.map_or(0, |(index, _)| index);
        self.committed_index = self.committed_index.max(index);
        if result.is_some() {
            self.retries.succeeded();
        }
        match self.proposals.close(id) {
            Some(Purpose::Plans) => self.plans_committed(now, id, result, actions),
            Some(Purpose::Updates(calls)) => {
                let result = result.map(|_| ()).ok_or(CallError::NotCommitted);
                actions.extend(calls.into_iter().map(|call| Action::Answer { call, result: result.clone() }));
                self.settle_or_wait(now, id, index, Purpose::Updates(Vec::new()), actions);
            }
            Some(Purpose::Launch(job)) if result.is_none() => self.launcher.lost(now, &job),
            Some(
                purpose @ (Purpose::NodeStatus(..)
                | Purpose::Deployment(_)
                | Purpose::Drain
                | Purpose::Launch(_)
                | Purpose::Command(_)),
            ) => self.settle_or_wait(now, id, index, purpose, actions),
            Some(Purpose::Garbage) => self.garbage_open -= 1,
            None => {}
        }
    }

    /// Proposes a command that has no subject, and proposes it again if it is lost.
    pub(super) fn insist(&mut self, now: Timestamp, command: Command, actions: &mut Vec<Action>) {
        self.propose(now, Purpose::Command(Box::new(command.clone())), command, actions);
    }

    /// Goes on after a proposal: once the snapshot holds it, or after a wait when it was lost (`index` is zero).
    fn settle_or_wait(
        &mut self,
        now: Timestamp,
        id: u64,
        index: u64,
        purpose: Purpose,
        actions: &mut Vec<Action>,
    ) {
        if index == 0 {
            self.retries.lost(now, id, purpose);
        } else if !matches!(purpose, Purpose::Command(_)) {
            self.settle_at(now, index, purpose, actions);
        }
    }

    /// Tries again what was lost long enough ago.
    pub(super) fn retry_due(&mut self, now: Timestamp, actions: &mut Vec<Action>) {
        // Ends: what is lost again waits anew, beyond `now`.
        while let Some(purpose) = self.retries.pop_due(now) {
            match purpose {
                Purpose::Command(command) => self.insist(now, *command, actions),
                purpose @ (Purpose::Plans
                | Purpose::NodeStatus(..)
                | Purpose::Deployment(_)
                | Purpose::Drain
                | Purpose::Launch(_)
                | Purpose::Updates(_)
                | Purpose::Garbage) => self.settle(now, purpose, actions),
            }
        }
    }

    /// Goes on after a proposal once the snapshot holds it: what is decided before would be decided twice.
    fn settle_at(&mut self, now: Timestamp, index: u64, purpose: Purpose, actions: &mut Vec<Action>) {
        if index > self.snapshot.index {
            self.settling.push_back((index, purpose));
        } else {
            self.settle(now, purpose, actions);
        }
    }

    /// Goes on after the proposals that the snapshot holds by now.
    pub(super) fn settle_due(&mut self, now: Timestamp, actions: &mut Vec<Action>) {
        while self.settling.front().is_some_and(|entry| entry.0 <= self.snapshot.index) {
            if let Some((_, purpose)) = self.settling.pop_front() {
                self.settle(now, purpose, actions);
            }
        }
    }

    fn settle(&mut self, now: Timestamp, purpose: Purpose, actions: &mut Vec<Action>) {
        match purpose {
            Purpose::NodeStatus(node, proposed) => {
                self.statuses_open.remove(&node);
                match self.heartbeats.pulse(node) {
                    // The grace ended while something else was being proposed.
                    Some(pulse @ Pulse::GraceOver(_)) if proposed != NodeStatus::Down => {
                        self.pulse(now, pulse, actions);
                    }
                    _ => self.reconcile_node(now, node, actions),
                }
            }
            Purpose::Deployment(deployment) => {
                self.deployments_open.remove(&deployment);
                self.look_at_deployment(now, deployment, actions);
            }
            Purpose::Drain => {
                self.drain_open = false;
                self.look_at_drains(now, actions);
            }
            Purpose::Updates(_) => {
                self.updates_open = false;
                self.flush_updates(now, actions);
            }
            Purpose::Launch(job) => {
                let snapshot = Arc::clone(&self.snapshot);
                self.launcher.settle(&snapshot, &job);
            }
            Purpose::Plans | Purpose::Garbage | Purpose::Command(_) => {}
        }
    }
}
