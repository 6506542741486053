//! Nodes: registration, status, eligibility, drain, events, and forgetting them.

use std::collections::BTreeMap;

use model::{DrainStrategy, Eval, Name, Node, NodeEvent, NodeId, NodeStatus};

use super::ApplyError;
use crate::txn::Txn;

impl Txn<'_> {
    pub(super) fn set_eligibility(
        &mut self,
        id: NodeId,
        eligible: bool,
        events: &[NodeEvent],
        evals: &[Eval],
    ) -> Result<(), ApplyError> {
        if eligible && self.known_node(id)?.drain.is_some() {
            return Err(ApplyError::NodeDraining(id));
        }
        self.change_node(id, events, evals, |node| node.eligible = eligible)
    }

    fn known_node(&self, id: NodeId) -> Result<&Node, ApplyError> {
        self.state.node(id).map(AsRef::as_ref).ok_or(ApplyError::NodeNotFound(id))
    }

    /// Stores a node that registers: it is ready. Of a known one, what the servers decided is kept.
    pub(super) fn register_node(&mut self, node: &Node, evals: &[Eval]) -> Result<(), ApplyError> {
        let now = self.now();
        let mut node = node.clone();
        node.modify_index = self.index();
        if let Some(known) = self.state.node(node.id) {
            if known.secret != node.secret {
                return Err(ApplyError::NodeSecret(node.id));
            }
            node.status = known.status;
            node.status_description = Name::clone(&known.status_description);
            node.status_updated_at = known.status_updated_at;
            node.eligible = known.eligible;
            node.drain.clone_from(&known.drain);
            node.events.clone_from(&known.events);
            node.create_index = known.create_index;
            if node.status != NodeStatus::Ready {
                self.record(&mut node, "Node re-registered");
            }
        } else {
            node.create_index = self.index();
            node.status = NodeStatus::Init;
            node.status_description = Name::from("");
            node.events.clear();
            if node.drain.is_some() {
                node.eligible = false;
            }
            self.record(&mut node, "Node registered");
        }
        if node.status != NodeStatus::Ready {
            node.status = NodeStatus::Ready;
            node.status_updated_at = now;
        }
        self.ensure_node_pool(&node.pool);
        self.store_node(node);
        self.store_evals(evals);
        Ok(())
    }

    /// Adds an event of the servers' own.
    fn record(&self, node: &mut Node, message: &str) {
        node.push_event(NodeEvent {
            time: self.now(),
            subsystem: Name::from("Cluster"),
            message: Name::from(message),
            details: BTreeMap::new(),
            create_index: self.index(),
        });
    }

    /// Changes a known node, records events, and stores evaluations.
    pub(super) fn change_node(
        &mut self,
        id: NodeId,
        events: &[NodeEvent],
        evals: &[Eval],
        change: impl FnOnce(&mut Node),
    ) -> Result<(), ApplyError> {
        let mut node = self.known_node(id)?.clone();
        let status = node.status;
        change(&mut node);
        if node.status != status {
            node.status_updated_at = self.now();
        }
        for event in events {
            let mut event = event.clone();
            event.create_index = self.index();
            node.push_event(event);
        }
        self.store_node(node);
        self.store_evals(evals);
        Ok(())
    }

    /// Forgets nodes; all of them or, if one does not exist, none.
    pub(super) fn purge_nodes(&mut self, ids: &[NodeId], evals: &[Eval]) -> Result<(), ApplyError> {
        for id in ids {
            self.known_node(*id)?;
        }
        for id in ids {
            self.forget_node(*id);
        }
        self.store_evals(evals);
        Ok(())
    }
}

/// A node that drains takes nothing new; after the end it does again only if that is asked for.
pub(super) fn set_drain(node: &mut Node, drain: Option<&DrainStrategy>, mark_eligible: bool) {
    if drain.is_some() {
        node.eligible = false;
    } else if mark_eligible {
        node.eligible = true;
    }
    node.drain = drain.cloned();
}
