//! Namespaces and node pools.

use std::sync::Arc;

use model::{Name, Namespace, NodePool};

use crate::{State, Table};

impl State {
    /// The namespace of that name.
    #[must_use]
    pub fn namespace(&self, name: &str) -> Option<&Arc<Namespace>> {
        self.namespaces.get(name)
    }

    /// Every namespace, by name.
    pub fn namespaces(&self) -> impl Iterator<Item = &Arc<Namespace>> {
        self.namespaces.values()
    }

    /// The node pool of that name.
    #[must_use]
    pub fn node_pool(&self, name: &str) -> Option<&Arc<NodePool>> {
        self.node_pools.get(name)
    }

    /// Every node pool, by name.
    pub fn node_pools(&self) -> impl Iterator<Item = &Arc<NodePool>> {
        self.node_pools.values()
    }

    pub(crate) fn put_namespace(&mut self, namespace: Namespace) {
        self.namespaces.insert(Name::from(namespace.name.as_str()), Arc::new(namespace));
        self.indexes.set(Table::Namespaces, self.index);
    }

    pub(crate) fn put_node_pool(&mut self, pool: NodePool) {
        self.node_pools.insert(Name::from(pool.name.as_str()), Arc::new(pool));
        self.indexes.set(Table::NodePools, self.index);
    }

    pub(crate) fn remove_namespace(&mut self, name: &Name) {
        self.namespaces.remove(name);
        self.indexes.set(Table::Namespaces, self.index);
    }

    pub(crate) fn remove_node_pool(&mut self, name: &Name) {
        self.node_pools.remove(name);
        self.indexes.set(Table::NodePools, self.index);
    }
}
