//! Keeping the columns current while tables change.

use std::sync::Arc;

use model::{Alloc, Node, NodeId};

use super::{NodeColumns, Room};
use crate::State;

impl State {
    /// What the scheduler scans: capacity and usage of every node.
    #[must_use]
    pub const fn columns(&self) -> &NodeColumns {
        &self.columns
    }

    /// Follows a node that was stored. A node that comes back finds its allocations.
    pub(crate) fn follow_node(&mut self, node: &Node) {
        if !self.columns.put_node(node) {
            return;
        }
        let holding: Vec<Arc<Alloc>> =
            self.allocs_on_node(node.id).filter(|alloc| !alloc.client_terminal()).cloned().collect();
        for alloc in holding {
            self.columns.hold(&alloc, Room::of_alloc(&alloc));
        }
    }

    /// Follows a node that was forgotten.
    pub(crate) fn follow_node_removal(&mut self, id: NodeId) {
        self.columns.remove_node(id);
    }

    /// Follows an allocation that was stored, replaced or forgotten.
    pub(crate) fn follow_alloc(&mut self, old: Option<&Alloc>, new: Option<&Alloc>) {
        let old = old.filter(|alloc| !alloc.client_terminal());
        let new = new.filter(|alloc| !alloc.client_terminal());
        if let (Some(old), Some(new)) = (old, new)
            && Arc::ptr_eq(&old.job, &new.job)
            && old.assigned == new.assigned
        {
            return;
        }
        if let Some(old) = old {
            self.columns.release(old, Room::of_alloc(old));
        }
        if let Some(new) = new {
            self.columns.hold(new, Room::of_alloc(new));
        }
    }
}
