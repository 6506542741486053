//! Namespaces, node pools, scheduler configuration, the cluster's id.

use std::sync::Arc;

use model::{AutopilotConfig, Name, Namespace, NodePool, SchedulerConfig};

use super::{ApplyError, Change, Reply, Table};
use crate::txn::Txn;

/// The namespace that is always there.
const DEFAULT_NAMESPACE: &str = "default";
/// The node pools that are always there.
const BUILT_IN_POOLS: [&str; 2] = ["all", "default"];

impl Txn<'_> {
    pub(super) fn init_cluster(&mut self, id: &Name) {
        if self.state.cluster_id.is_empty() {
            self.state.cluster_id = Arc::clone(id);
        }
    }

    pub(super) fn upsert_namespace(&mut self, namespace: &Namespace) {
        let mut namespace = namespace.clone();
        let known = self.state.namespace(&namespace.name);
        namespace.create_index = known.map_or(self.state.index, |known| known.create_index);
        namespace.modify_index = self.state.index;
        self.changes.push(Change::Namespace(Name::from(namespace.name.as_str())));
        self.state.put_namespace(namespace);
    }

    /// Forgets a namespace; one with jobs that are not dead stays.
    pub(super) fn delete_namespace(&mut self, name: &Name) -> Result<(), ApplyError> {
        if &**name == DEFAULT_NAMESPACE {
            return Err(ApplyError::BuiltIn(Arc::clone(name)));
        }
        if self.state.namespace(name).is_none() {
            return Err(ApplyError::NamespaceNotFound(Arc::clone(name)));
        }
        if self.state.jobs().any(|job| job.namespace.as_str() == &**name && job.status != "dead") {
            return Err(ApplyError::NamespaceInUse(Arc::clone(name)));
        }
        self.state.remove_namespace(name);
        self.changes.push(Change::Namespace(Arc::clone(name)));
        Ok(())
    }

    pub(super) fn upsert_node_pool(&mut self, pool: &NodePool) -> Result<(), ApplyError> {
        if BUILT_IN_POOLS.contains(&pool.name.as_str()) {
            return Err(ApplyError::BuiltIn(Name::from(pool.name.as_str())));
        }
        let mut pool = pool.clone();
        let known = self.state.node_pool(&pool.name);
        pool.create_index = known.map_or(self.state.index, |known| known.create_index);
        pool.modify_index = self.state.index;
        self.store_node_pool(pool);
        Ok(())
    }

    fn store_node_pool(&mut self, pool: NodePool) {
        self.changes.push(Change::NodePool(Name::from(pool.name.as_str())));
        self.state.put_node_pool(pool);
    }

    /// Creates the pool of a node that registers, if it is new.
    pub(super) fn ensure_node_pool(&mut self, name: &str) {
        if self.state.node_pool(name).is_none() {
            let index = self.index();
            self.store_node_pool(NodePool {
                name: name.to_owned(),
                create_index: index,
                modify_index: index,
                ..NodePool::default()
            });
        }
    }

    /// Forgets a node pool; one with nodes, or with jobs that are not dead, stays.
    pub(super) fn delete_node_pool(&mut self, name: &Name) -> Result<(), ApplyError> {
        if BUILT_IN_POOLS.contains(&&**name) {
            return Err(ApplyError::BuiltIn(Arc::clone(name)));
        }
        if self.state.node_pool(name).is_none() {
            return Err(ApplyError::NodePoolNotFound(Arc::clone(name)));
        }
        let by_node = self.state.nodes().any(|node| node.pool == *name);
        let by_job = self.state.jobs().any(|job| job.node_pool.as_str() == &**name && job.status != "dead");
        if by_node || by_job {
            return Err(ApplyError::NodePoolInUse(Arc::clone(name)));
        }
        self.state.remove_node_pool(name);
        self.changes.push(Change::NodePool(Arc::clone(name)));
        Ok(())
    }

    /// Sets the configuration of the autopilot; with `cas`, only if it was last changed at that index.
    pub(super) fn set_autopilot_config(&mut self, config: &AutopilotConfig, cas: Option<u64>) -> Reply {
        let known = Arc::clone(&self.state.autopilot);
        if cas.is_some_and(|index| index != known.modify_index) {
            return Reply::Set(false);
        }
        let index = self.index();
        let create_index = if known.create_index == 0 { index } else { known.create_index };
        self.state.autopilot =
            Arc::new(AutopilotConfig { create_index, modify_index: index, ..config.clone() });
        Reply::Set(true)
    }

    /// Sets the configuration; with `cas`, only if it was last changed at that index.
    pub(super) fn set_scheduler_config(&mut self, config: &SchedulerConfig, cas: Option<u64>) -> Reply {
        let known = Arc::clone(&self.state.config);
        if cas.is_some_and(|index| index != known.modify_index) {
            return Reply::Set(false);
        }
        let index = self.index();
        let mut config = config.clone();
        config.create_index = if known.create_index == 0 { index } else { known.create_index };
        config.modify_index = index;
        self.state.config = Arc::new(config);
        self.state.indexes.set(Table::Config, index);
        self.changes.push(Change::Config);
        if cas.is_some() { Reply::Set(true) } else { Reply::Done }
    }
}
