//! Nodes: pings, silence, and the drains and deployments that their allocations belong to.

use std::sync::Arc;

use model::{DeploymentId, Nanos, NodeId, NodeStatus, Timestamp};

use super::Leader;
use super::proposals::Purpose;
use crate::heartbeat::Pulse;
use crate::request;
use crate::server::Action;

impl Leader {
    pub(super) fn ping(&mut self, now: Timestamp, node: NodeId, actions: &mut Vec<Action>) {
        if self.snapshot.node(node).is_none() {
            return;
        }
        if let Some(pulse) = self.heartbeats.ping(now, node) {
            self.pulse(now, pulse, actions);
        }
    }

    pub(super) fn leaving(
        &mut self,
        now: Timestamp,
        node: NodeId,
        back_in: Nanos,
        actions: &mut Vec<Action>,
    ) {
        if self.snapshot.node(node).is_none() {
            return;
        }
        if let Some(pulse) = self.heartbeats.leaving(now, node, back_in) {
            self.pulse(now, pulse, actions);
        }
    }

    /// Proposes what a pulse means, unless the state says so already.
    pub(super) fn pulse(&mut self, now: Timestamp, pulse: Pulse, actions: &mut Vec<Action>) {
        match pulse {
            Pulse::Alive(node) => self.set_status(now, node, NodeStatus::Ready, actions),
            Pulse::Silent(node) => self.set_status(now, node, NodeStatus::Disconnected, actions),
            Pulse::GraceOver(node) => self.set_status(now, node, NodeStatus::Down, actions),
        }
    }

    /// Brings the state of a node in line with its pings, once no change of it is in flight.
    pub(super) fn reconcile_node(&mut self, now: Timestamp, node: NodeId, actions: &mut Vec<Action>) {
        let Some(status) = self.snapshot.node(node).map(|node| node.status) else { return };
        let Some(pulse) = self.heartbeats.pulse(node) else { return };
        let settled = match pulse {
            Pulse::Alive(_) => status == NodeStatus::Ready,
            Pulse::Silent(_) => status == NodeStatus::Disconnected,
            Pulse::GraceOver(_) => matches!(status, NodeStatus::Down | NodeStatus::Disconnected),
        };
        if !settled {
            self.pulse(now, pulse, actions);
        }
    }

    fn set_status(&mut self, now: Timestamp, id: NodeId, status: NodeStatus, actions: &mut Vec<Action>) {
        let Some(node) = self.snapshot.node(id) else { return };
        if node.status == status || self.statuses_open.contains(&id) {
            return;
        }
        let snapshot = Arc::clone(&self.snapshot);
        if let Ok(command) = request::set_status(&snapshot, now, &mut self.ids, id, status) {
            self.statuses_open.insert(id);
            self.propose(now, Purpose::NodeStatus(id, status), command, actions);
        }
    }

    pub(super) fn look_at_deployment(&mut self, now: Timestamp, id: DeploymentId, actions: &mut Vec<Action>) {
        if self.deployments_open.contains(&id) {
            return;
        }
        let snapshot = Arc::clone(&self.snapshot);
        let commands = self.watcher.look(&snapshot, now, &mut self.ids, id);
        for command in commands {
            self.deployments_open.insert(id);
            self.propose(now, Purpose::Deployment(id), command, actions);
        }
    }

    pub(super) fn look_at_drains(&mut self, now: Timestamp, actions: &mut Vec<Action>) {
        if self.drain_open || self.drainer.is_idle() {
            return;
        }
        let snapshot = Arc::clone(&self.snapshot);
        for command in self.drainer.look(&snapshot, now, &mut self.ids) {
            self.drain_open = true;
            self.propose(now, Purpose::Drain, command, actions);
        }
    }
}
