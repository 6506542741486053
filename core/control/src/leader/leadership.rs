//! The leader's machines: made from the state when leadership begins, gone when it ends.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use model::{DeploymentId, Eval, EvalStatus, JobKind, Name, NodeId, NodeStatus, Timestamp};
use state::{Command, Snapshot, Table};

use super::proposals::{Proposals, Purpose};
use super::retries::Retries;
use super::updates::Report;
use crate::blocked_evals::{Blocked, BlockedEvals};
use crate::deployment::DeploymentWatcher;
use crate::drainer::Drainer;
use crate::eval_broker::EvalBroker;
use crate::gc::GcOptions;
use crate::heartbeat::Heartbeats;
use crate::launcher::Launcher;
use crate::plan_apply::PlanApplier;
use crate::plan_queue::CallId;
use crate::server::{Action, CallError, Event, ServerOptions, ServerStats};
use crate::token::EvalIds;

/// A worker that waits for an evaluation.
#[derive(Debug)]
pub(super) struct Waiter {
    pub(super) kinds: Vec<JobKind>,
    pub(super) local: bool,
    pub(super) until: Timestamp,
}

/// Everything that only the leader has.
#[derive(Debug)]
pub(crate) struct Leader {
    pub(super) snapshot: Snapshot,
    /// Newest index known to be committed, which the snapshot may not have reached.
    pub(super) committed_index: u64,
    pub(super) seed: u128,
    pub(super) ids: EvalIds,
    pub(super) broker: EvalBroker,
    pub(super) delivery_limit: u32,
    pub(super) remote_threshold: usize,
    pub(super) waiters: BTreeMap<CallId, Waiter>,
    pub(super) blocked: BlockedEvals,
    pub(super) applier: PlanApplier,
    pub(super) heartbeats: Heartbeats,
    pub(super) watcher: DeploymentWatcher,
    pub(super) drainer: Drainer,
    pub(super) launcher: Launcher,
    pub(super) gc: GcOptions,
    pub(super) next_gc: Timestamp,
    pub(super) next_sweep: Timestamp,
    pub(super) proposals: Proposals,
    /// Proposals that are committed at an index that the snapshot has not reached, in the order of indexes.
    pub(super) settling: VecDeque<(u64, Purpose)>,
    pub(super) retries: Retries,
    /// Commands of the present pass of the garbage collection that are not committed yet.
    pub(super) garbage_open: usize,
    pub(super) statuses_open: BTreeSet<NodeId>,
    pub(super) deployments_open: BTreeSet<DeploymentId>,
    pub(super) drain_open: bool,
    pub(super) updates: VecDeque<Report>,
    pub(super) updates_queued: usize,
    pub(super) updates_open: bool,
}

impl Leader {
    /// The machines of a new leader, empty.
    pub(crate) fn new(options: &ServerOptions, snapshot: Snapshot, seed: u128) -> Self {
        let [low, high] = halves(seed);
        Self {
            committed_index: snapshot.index,
            snapshot,
            seed,
            ids: EvalIds::new(seed),
            broker: EvalBroker::new(options.broker, low ^ high.rotate_left(32)),
            delivery_limit: options.broker.delivery_limit,
            remote_threshold: options.remote_threshold,
            waiters: BTreeMap::new(),
            blocked: BlockedEvals::default(),
            applier: PlanApplier::default(),
            heartbeats: Heartbeats::new(options.heartbeat),
            watcher: DeploymentWatcher::default(),
            drainer: Drainer::default(),
            launcher: Launcher::new(Name::clone(&options.local_zone)),
            gc: options.gc,
            next_gc: Timestamp::NEVER,
            next_sweep: Timestamp::NEVER,
            proposals: Proposals::new(high),
            settling: VecDeque::new(),
            retries: Retries::default(),
            garbage_open: 0,
            statuses_open: BTreeSet::new(),
            deployments_open: BTreeSet::new(),
            drain_open: false,
            updates: VecDeque::new(),
            updates_queued: 0,
            updates_open: false,
        }
    }

    /// Fills the machines from the state.
    pub(crate) fn restore(&mut self, now: Timestamp, actions: &mut Vec<Action>) {
        let snapshot = Arc::clone(&self.snapshot);
        self.next_gc = now + self.gc.interval;
        self.next_sweep = now + super::sweep::INTERVAL;
        if snapshot.cluster_id.is_empty() {
            let id = model::EvalId::derive(&[self.seed, 0x1d]).to_string().into();
            self.insist(now, Command::InitCluster { id }, actions);
        }
        self.broker.pause(snapshot.config.pause_eval_broker);
        // What made room before this term is not known: wake what was planned on an older state than that.
        let room_index = snapshot.indexes.newest(&[Table::Nodes, Table::Allocs]);
        for eval in snapshot.evals() {
            match eval.status {
                EvalStatus::Pending => self.broker.enqueue(now, Arc::clone(eval)),
                EvalStatus::Blocked if eval.snapshot_index < room_index => {
                    self.broker.enqueue(now, Arc::clone(eval));
                }
                EvalStatus::Blocked => self.block(now, eval, actions),
                EvalStatus::Complete | EvalStatus::Failed | EvalStatus::Canceled => {}
            }
        }
        for node in snapshot.nodes() {
            match node.status {
                NodeStatus::Ready | NodeStatus::Init => self.heartbeats.track(now, node.id, true),
                NodeStatus::Disconnected => self.heartbeats.track(now, node.id, false),
                NodeStatus::Down => {}
            }
            self.drainer.note(node.id, Some(node));
        }
        for deployment in snapshot.deployments().filter(|deployment| deployment.status.is_active()) {
            self.look_at_deployment(now, deployment.id, actions);
        }
        self.look_at_drains(now, actions);
        for job in snapshot.jobs().filter(|job| job.is_periodic()) {
            self.launcher.note(&snapshot, &job.key());
        }
    }

    /// Answers everybody who waits.
    pub(crate) fn step_down(mut self, actions: &mut Vec<Action>) {
        for call in self.waiters.into_keys() {
            actions.push(Action::AnswerDequeue { call, result: Err(CallError::NotLeader) });
        }
        for answer in self.applier.abandon() {
            actions.push(Action::AnswerPlan { call: answer.call, result: answer.result });
        }
        for report in self.updates {
            actions.push(Action::Answer { call: report.call, result: Err(CallError::NotLeader) });
        }
        for purpose in self.proposals.close_all() {
            if let Purpose::Updates(calls) = purpose {
                let lost = |call| Action::Answer { call, result: Err(CallError::NotCommitted) };
                actions.extend(calls.into_iter().map(lost));
            }
        }
    }

    /// Takes one event.
    pub(crate) fn handle(&mut self, now: Timestamp, event: Event, actions: &mut Vec<Action>) {
        match event {
            Event::BecameLeader { .. } | Event::LostLeadership => {}
            Event::Applied { snapshot, applied } => self.applied(now, snapshot, &applied, actions),
            Event::Committed { id, result } => self.committed(now, id, result, actions),
            Event::Dequeue { call, kinds, local, until } => {
                self.wait_for_eval(call, Waiter { kinds, local, until }, actions);
            }
            Event::CancelDequeue { call } => {
                self.waiters.remove(&call);
            }
            Event::Ack { call, eval, token } => self.ack(now, call, eval, token, actions),
            Event::Nack { call, eval, token, panic } => self.nack(now, call, eval, token, panic, actions),
            Event::SubmitPlan { call, token, outcome } => self.submit(now, call, token, outcome, actions),
            Event::Pings(nodes) => {
                for node in nodes {
                    self.ping(now, node, actions);
                }
            }
            Event::Leaving { node, back_in } => self.leaving(now, node, back_in, actions),
            Event::UpdateAllocs { call, node, updates } => {
                self.take_report(now, Report { call, node, updates }, actions);
            }
            Event::ForceGc => self.collect_garbage(now, &GcOptions::force(), actions),
            Event::Tick => self.sweep(now, actions),
        }
        self.serve_waiters(now, actions);
        self.advance_plans(now, actions);
    }

    /// When something is due next; the sweep bounds it.
    pub(crate) fn next_deadline(&self, now: Timestamp) -> Timestamp {
        let waiters = self.waiters.values().map(|waiter| waiter.until).min();
        [
            waiters,
            self.broker.next_deadline(),
            self.blocked.next_deadline(),
            self.heartbeats.next_deadline(),
            self.watcher.next_deadline(),
            self.drainer.next_deadline(now),
            self.launcher.next_deadline(),
            self.retries.next_deadline(),
            Some(self.next_gc),
        ]
        .into_iter()
        .flatten()
        .fold(self.next_sweep, Timestamp::min)
    }

    pub(crate) fn stats(&self) -> ServerStats {
        ServerStats {
            ready_evals: self.broker.ready_count(),
            tracked_evals: self.broker.len(),
            blocked_evals: self.blocked.len(),
            queued_plans: self.applier.queued(),
            alive_nodes: self.heartbeats.alive_count(),
            deployments: self.watcher.len(),
        }
    }

    /// Tracks a blocked evaluation; one that it replaces, or that replaces it, is cancelled.
    pub(super) fn block(&mut self, now: Timestamp, eval: &Arc<Eval>, actions: &mut Vec<Action>) {
        let overtaken = match self.blocked.block(now, Arc::clone(eval)) {
            Blocked::Waits => return,
            Blocked::Missed => return self.broker.enqueue(now, Arc::clone(eval)),
            Blocked::Replaces(older) => older,
            Blocked::Superseded => Arc::clone(eval),
        };
        let description = format!("existing blocked evaluation exists for job \"{}\"", overtaken.job.id);
        self.cancel(now, &[overtaken], &description, actions);
    }
}

fn halves(seed: u128) -> [u64; 2] {
    let bytes = seed.to_be_bytes();
    let mut halves = [0; 2];
    for (half, chunk) in halves.iter_mut().zip(bytes.chunks(8)) {
        *half = chunk.iter().fold(0, |value, byte| (value << 8) | u64::from(*byte));
    }
    halves
}
