//! What the loops of a client share.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use model::{AllocId, Name, Node, RunState, TaskStates};
use tokio::sync::{Notify, Semaphore, watch};

use crate::alloc_dir::AllocPaths;
use crate::drivers::Drivers;
use crate::reports::Reports;
use crate::services::Results;
use crate::state_db::StateDb;
use crate::stats::Samples;
use crate::{Config, Registration, ServerLink};

/// Directories and lookups that block a thread at the same time.
const BLOCKING: usize = 8;

/// What the loops of a client share.
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) drivers: Drivers,
    pub(crate) db: StateDb,
    pub(crate) reports: Reports,
    pub(crate) link: Arc<dyn ServerLink>,
    pub(crate) registration: watch::Sender<Registration>,
    pub(crate) node_changed: Notify,
    pub(crate) samples: Samples,
    pub(crate) checks: Results,
    /// Whether executors of tasks that the servers have forgotten are ours to end: not after the identity was lost.
    pub(crate) may_sweep: bool,
    /// Whether the host was started anew since the last agent.
    pub(crate) rebooted: bool,
    node: RwLock<Arc<Node>>,
    seen: Mutex<BTreeMap<AllocId, Seen>>,
    blocking: Semaphore,
}

/// What others may see of an allocation, while the engine owns it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// States of its tasks.
    pub(crate) tasks: Vec<(Name, RunState)>,
    /// Whether its directory is there.
    pub(crate) has_dir: bool,
}

/// What a client is made of.
pub(crate) struct Parts {
    pub(crate) config: Config,
    pub(crate) drivers: Drivers,
    pub(crate) db: StateDb,
    pub(crate) link: Arc<dyn ServerLink>,
    pub(crate) node: Node,
    pub(crate) may_sweep: bool,
    pub(crate) rebooted: bool,
}

impl Shared {
    /// Puts a client's parts together.
    pub(crate) fn new(parts: Parts) -> Self {
        Self {
            config: parts.config,
            drivers: parts.drivers,
            db: parts.db,
            reports: Reports::default(),
            link: parts.link,
            registration: watch::Sender::new(Registration::Pending),
            node_changed: Notify::new(),
            samples: Samples::default(),
            checks: Results::default(),
            may_sweep: parts.may_sweep,
            rebooted: parts.rebooted,
            node: RwLock::new(Arc::new(parts.node)),
            seen: Mutex::default(),
            blocking: Semaphore::new(BLOCKING),
        }
    }

    /// Returns the node as it is now.
    pub(crate) fn node(&self) -> Arc<Node> {
        Arc::clone(&self.node.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the node and has it registered again.
    pub(crate) fn set_node(&self, node: Node) {
        *self.node.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(node);
        self.node_changed.notify_one();
    }

    /// Whether this node is simulated.
    pub(crate) fn is_simulated(&self) -> bool {
        self.config.sim.is_some()
    }

    /// Where the files of an allocation are; nowhere on a simulated node.
    pub(crate) fn paths(&self, alloc: AllocId) -> Option<AllocPaths> {
        (!self.is_simulated()).then(|| AllocPaths::new(&self.config.alloc_dir, alloc))
    }

    /// Returns what may be seen of an allocation.
    pub(crate) fn seen(&self, alloc: AllocId) -> Option<Seen> {
        self.lock().get(&alloc).cloned()
    }

    /// Shows the states of an allocation's tasks.
    pub(crate) fn show_tasks(&self, alloc: AllocId, tasks: &TaskStates) {
        let tasks = tasks.iter().map(|(name, state)| (Name::clone(name), state.state)).collect();
        self.lock().entry(alloc).or_default().tasks = tasks;
    }

    /// Shows whether an allocation's directory is there.
    pub(crate) fn show_dir(&self, alloc: AllocId, has_dir: bool) {
        self.lock().entry(alloc).or_default().has_dir = has_dir;
    }

    /// Shows nothing of an allocation any more.
    pub(crate) fn hide(&self, alloc: AllocId) {
        self.lock().remove(&alloc);
    }

    /// Runs something that blocks on a thread for such; at once where there is nothing to block on.
    pub(crate) async fn block<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        if self.is_simulated() {
            return Some(work());
        }
        let _permit = self.blocking.acquire().await.ok()?;
        tokio::task::spawn_blocking(work).await.ok()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<AllocId, Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
