//! Nodes.

use std::sync::Arc;

use model::{Node, NodeId, computed_class};

use crate::{State, Table};

impl State {
    /// The node of that id.
    #[must_use]
    pub fn node(&self, id: NodeId) -> Option<&Arc<Node>> {
        self.nodes.get(&id)
    }

    /// Every node, by id.
    pub fn nodes(&self) -> impl Iterator<Item = &Arc<Node>> {
        self.nodes.values()
    }

    /// How many nodes there are.
    #[must_use]
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// Stores a node and computes its class. Indexes on the record are the caller's.
    pub(crate) fn put_node(&mut self, mut node: Node) {
        node.computed_class = computed_class(&node);
        self.follow_node(&node);
        self.nodes.insert(node.id, Arc::new(node));
        self.indexes.set(Table::Nodes, self.index);
    }

    /// Forgets a node.
    pub(crate) fn remove_node(&mut self, id: NodeId) -> Option<Arc<Node>> {
        let removed = self.nodes.remove(&id)?;
        self.follow_node_removal(id);
        self.indexes.set(Table::Nodes, self.index);
        Some(removed)
    }
}
