//! What a change of the state means for the machines.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::{AllocId, DeploymentId, EvalId, EvalStatus, JobKey, NodeId, NodeStatus, Timestamp};
use state::{Applied, Change, Snapshot};

use super::Leader;
use crate::blocked_evals::Room;
use crate::heartbeat::Pulse;
use crate::server::Action;

/// What a batch of changes touches, each once.
#[derive(Debug, Default)]
struct Touched {
    evals: BTreeSet<EvalId>,
    nodes: BTreeSet<NodeId>,
    removed_nodes: BTreeSet<NodeId>,
    deployments: BTreeSet<DeploymentId>,
    jobs: BTreeSet<JobKey>,
    room: BTreeSet<Room>,
    allocs: bool,
    config: bool,
}

impl Leader {
    pub(super) fn applied(
        &mut self,
        now: Timestamp,
        snapshot: Snapshot,
        applied: &[Applied],
        actions: &mut Vec<Action>,
    ) {
        self.snapshot = snapshot;
        let snapshot = Arc::clone(&self.snapshot);
        self.committed_index = self.committed_index.max(snapshot.index);
        self.applier.applied(&snapshot);
        self.settle_due(now, actions);
        let mut touched = Touched::default();
        for change in applied.iter().flat_map(|applied| &applied.changes) {
            self.note(&mut touched, change);
        }
        if touched.config {
            self.broker.pause(snapshot.config.pause_eval_broker);
        }
        for &node in &touched.removed_nodes {
            self.heartbeats.forget(node);
            self.drainer.note(node, None);
        }
        for &node in &touched.nodes {
            self.note_node(now, node, &mut touched.room, actions);
        }
        if !touched.room.is_empty() {
            for eval in self.blocked.unblock(now, snapshot.index, &touched.room) {
                self.broker.enqueue(now, eval);
            }
        }
        for &eval in &touched.evals {
            self.note_eval(now, eval, actions);
        }
        for job in &touched.jobs {
            self.launcher.note(&snapshot, job);
        }
        for &deployment in &touched.deployments {
            self.look_at_deployment(now, deployment, actions);
        }
        if touched.allocs || !touched.nodes.is_empty() {
            self.look_at_drains(now, actions);
        }
        self.clean_broker(now, actions);
    }

    fn note(&self, touched: &mut Touched, change: &Change) {
        match change {
            Change::Eval(id) | Change::EvalRemoved(id) => {
                touched.evals.insert(*id);
            }
            Change::Node(id) => {
                touched.nodes.insert(*id);
            }
            Change::NodeRemoved(id) => {
                touched.removed_nodes.insert(*id);
            }
            Change::Alloc { id, node, by_client, .. } => self.note_alloc(touched, *id, *node, *by_client),
            Change::Deployment(id) | Change::DeploymentRemoved(id) => {
                touched.deployments.insert(*id);
            }
            Change::Job(key) | Change::JobRemoved(key) => {
                touched.jobs.insert(key.clone());
            }
            Change::Config => touched.config = true,
            Change::AllocRemoved { .. }
            | Change::Table(_)
            | Change::Summary(_)
            | Change::Namespace(_)
            | Change::NodePool(_) => {}
        }
    }

    fn note_alloc(&self, touched: &mut Touched, id: AllocId, node: NodeId, by_client: bool) {
        touched.allocs = true;
        let Some(alloc) = self.snapshot.alloc(id) else { return };
        if by_client && !alloc.deployment.is_none() {
            touched.deployments.insert(alloc.deployment);
        }
        // Only the client's word frees the room of an allocation.
        if by_client
            && alloc.client_terminal()
            && let Some(node) = self.snapshot.node(node).filter(|node| node.is_ready())
        {
            touched.room.insert(Room { node: node.id, class: node.computed_class });
        }
    }

    fn note_node(
        &mut self,
        now: Timestamp,
        id: NodeId,
        room: &mut BTreeSet<Room>,
        actions: &mut Vec<Action>,
    ) {
        let Some(node) = self.snapshot.node(id).cloned() else { return };
        if node.is_ready() {
            room.insert(Room { node: id, class: node.computed_class });
        }
        self.drainer.note(id, Some(&node));
        match (node.status, self.heartbeats.pulse(id)) {
            // It registered again, which is as good as a ping.
            (NodeStatus::Ready | NodeStatus::Init, Some(Pulse::GraceOver(_)))
                if !self.statuses_open.contains(&id) =>
            {
                let _alive = self.heartbeats.ping(now, id);
            }
            (NodeStatus::Ready | NodeStatus::Init, _) => self.heartbeats.track(now, id, true),
            (NodeStatus::Disconnected, _) => self.heartbeats.track(now, id, false),
            (NodeStatus::Down, _) => {}
        }
        if !self.statuses_open.contains(&id) {
            self.reconcile_node(now, id, actions);
        }
    }

    fn note_eval(&mut self, now: Timestamp, id: EvalId, actions: &mut Vec<Action>) {
        let Some(eval) = self.snapshot.eval(id).cloned() else {
            self.broker.discard(id);
            self.blocked.forget(id);
            return;
        };
        match eval.status {
            EvalStatus::Pending => {
                self.blocked.forget(id);
                self.broker.enqueue(now, eval);
            }
            EvalStatus::Blocked => self.block(now, &eval, actions),
            EvalStatus::Complete | EvalStatus::Failed | EvalStatus::Canceled => {
                self.broker.discard(id);
                self.blocked.forget(id);
            }
        }
    }
}
