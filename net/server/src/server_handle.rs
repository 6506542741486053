//! The handle that the rest of the agent holds.

use std::sync::Arc;
use std::time::Duration;

use control::autopilot::GroupHealth;
use model::NodeId;
use raft::{Barrier, Consensus, Leadership, ProposeError, ReadError, RealDisk, Status};
use state::watch::WatchKey;
use state::{Applied, Command, Snapshot};
use tokio::sync::watch;
use tokio::task::JoinSet;
use wire::{Accepted, Connection, Region};

use crate::clients::{self, ClientDoor, Clients};
use crate::event_log::EventLog;
use crate::leader_call::Calls;
use crate::peers::{self, ProposeFailure};
use crate::protocol::{PeerRequest, PeerResponse};
use crate::shell::{Wish, Wishes};
use crate::store::Store;
use crate::transport::RAFT_FRAME;
use crate::watchers::Watchers;

/// Connections of other agents at a time; a further one is closed.
const MAX_CONNECTIONS: usize = clients::MAX_CLIENTS + 1_024;

/// A server. Clones share it; it runs until [`Server::shutdown`].
#[derive(Clone)]
pub struct Server {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) consensus: Consensus,
    pub(crate) store: Arc<Store>,
    pub(crate) clients: Arc<Clients>,
    pub(crate) calls: Calls,
    pub(crate) wishes: Wishes,
    pub(crate) events: Arc<EventLog>,
    pub(crate) watchers: Arc<Watchers>,
    pub(crate) door: ClientDoor,
    pub(crate) leading: watch::Receiver<bool>,
    pub(crate) health: watch::Receiver<GroupHealth>,
    pub(crate) region: Region,
    pub(crate) disk: Arc<RealDisk>,
    /// Held while a saved state is restored.
    pub(crate) restoring: tokio::sync::Mutex<()>,
    pub(crate) tasks: tokio::sync::Mutex<JoinSet<()>>,
}

/// A moment's picture of the servers of the region.
#[derive(Debug, Clone)]
pub struct ServerView {
    /// What consensus knows.
    pub status: Status,
    /// Whether this server leads and its machines run.
    pub leading: bool,
    /// How often its disk was synced.
    pub disk_syncs: u64,
}

/// Why a write was not carried out.
#[derive(Debug, Clone, thiserror::Error)]
pub enum WriteError {
    /// Another server leads, or none.
    #[error("No cluster leader")]
    NotLeader,
    /// Too much waits already.
    #[error("too many writes are waiting")]
    Busy,
    /// Whether it was carried out is not known.
    #[error("outcome unknown: the write may or may not be committed")]
    Unknown,
    /// It can never be carried out.
    #[error("{0}")]
    Refused(String),
}

/// Where a node can be reached.
pub enum NodePath {
    /// Over its own connection to this server.
    Direct(Connection<wire::Client>),
    /// Through another server, whose address for agents this is.
    Through(String),
    /// Nowhere.
    None,
}

impl Server {
    /// The newest snapshot.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.inner.store.snapshot()
    }

    /// Follows the index of the newest snapshot.
    #[must_use]
    pub fn watch_index(&self) -> watch::Receiver<u64> {
        self.inner.store.watch_index()
    }

    /// Completes once one of `keys` is newer than in `seen`; now and then too early, never too late.
    pub async fn changed(&self, seen: &Snapshot, keys: &[WatchKey]) {
        self.inner.watchers.changed(&self.inner.store, seen, keys).await;
    }

    /// The last entries that were applied.
    #[must_use]
    pub fn events(&self) -> &EventLog {
        &self.inner.events
    }

    /// A picture of the servers of the region.
    #[must_use]
    pub fn view(&self) -> ServerView {
        ServerView {
            status: self.inner.consensus.status(),
            leading: self.is_leader(),
            disk_syncs: self.inner.disk.syncs(),
        }
    }

    /// Whether this server leads and its machines run.
    #[must_use]
    pub fn is_leader(&self) -> bool {
        *self.inner.leading.borrow()
    }

    /// Follows whether this server leads.
    #[must_use]
    pub fn watch_leading(&self) -> watch::Receiver<bool> {
        self.inner.leading.clone()
    }

    /// Who leads.
    #[must_use]
    pub fn leadership(&self) -> Leadership {
        self.inner.consensus.leadership().current()
    }

    /// Has the region agree on a command; only on the leader.
    ///
    /// # Errors
    /// It was not taken, or its outcome is unknown.
    pub async fn propose(&self, command: Command) -> Result<Arc<Applied>, WriteError> {
        self.inner.calls.local.propose(command).await.map_err(|failure| match failure {
            ProposeFailure::Encode(reason) => WriteError::Refused(reason),
            ProposeFailure::Raft(ProposeError::NotLeader { .. } | ProposeError::Unavailable) => {
                WriteError::NotLeader
            }
            ProposeFailure::Raft(ProposeError::Overloaded { .. }) => WriteError::Busy,
            ProposeFailure::Raft(ProposeError::Unknown) => WriteError::Unknown,
            ProposeFailure::Raft(error @ (ProposeError::TooLarge { .. } | ProposeError::Fatal(_))) => {
                WriteError::Refused(error.to_string())
            }
        })
    }

    /// Waits until a read of the local state sees every write that was answered before.
    ///
    /// # Errors
    /// Nobody leads, or no quorum answers.
    pub async fn barrier(&self, quorum: bool) -> Result<(), ReadError> {
        let barrier = if quorum { Barrier::Quorum } else { Barrier::Lease };
        self.inner.consensus.barrier(barrier).await.map(|_| ())
    }

    /// How the servers are, as this one saw it at its last look; none unless it leads.
    #[must_use]
    pub fn health(&self) -> Option<GroupHealth> {
        self.is_leader().then(|| self.inner.health.borrow().clone())
    }

    /// Has the leader forget everything that is terminal.
    pub async fn force_gc(&self) {
        if !self.inner.wishes.send(Wish::ForceGc).await {
            tracing::debug!("the control loop has ended");
        }
    }

    /// Finds out where a node can be reached.
    pub async fn path_to(&self, node: NodeId) -> NodePath {
        if let Some(connection) = self.inner.clients.connection(node) {
            return NodePath::Direct(connection);
        }
        let own = self.inner.calls.local.this.address.clone();
        for address in self.inner.calls.addresses().into_iter().filter(|address| *address != own) {
            let answer = self.inner.calls.peer(&address, &PeerRequest::HasNode(node)).await;
            if matches!(answer, Ok(PeerResponse::Is(true))) {
                return NodePath::Through(address);
            }
        }
        NodePath::None
    }

    /// Serves a connection that another agent opened. HTTP and gossip are not this server's: they come back.
    pub async fn accept(&self, accepted: Accepted) -> Option<Accepted> {
        let mut tasks = self.inner.tasks.lock().await;
        while tasks.try_join_next().is_some() {}
        let is_ours = !matches!(accepted, Accepted::Http(_) | Accepted::Gossip(_));
        if is_ours && tasks.len() >= MAX_CONNECTIONS {
            tracing::warn!(?accepted, "too many connections: this one is closed");
            return None;
        }
        match accepted {
            Accepted::Raft(connection) => {
                let consensus = self.inner.consensus.clone();
                tasks.spawn(wire::frame::serve_bytes(connection, RAFT_FRAME, move |request| {
                    let consensus = consensus.clone();
                    async move { Ok(consensus.handle(request.into()).await.to_vec()) }
                }));
            }
            Accepted::Peer(connection) => {
                tasks.spawn(peers::serve(connection, self.inner.calls.local.clone()));
            }
            Accepted::Client(connection) => {
                tasks.spawn(clients::serve(connection, self.inner.door.clone()));
            }
            other @ (Accepted::Http(_) | Accepted::Gossip(_)) => return Some(other),
        }
        None
    }

    /// Waits until consensus has stopped for good and returns why.
    pub async fn fatal(&self) -> raft::FatalError {
        self.inner.consensus.fatal().await
    }

    /// Hands leadership over if this server has it, and stops.
    pub async fn shutdown(&self) {
        const HAND_OVER: Duration = Duration::from_millis(500);
        if self.is_leader() {
            let status = self.inner.consensus.status();
            let other = status.members.iter().find(|one| one.voter && one.member.id != status.id);
            if let Some(other) = other {
                let transfer = self.inner.consensus.transfer_leadership(other.member.id);
                // Without it the others elect a leader by themselves.
                let _ = tokio::time::timeout(HAND_OVER, transfer).await;
            }
        }
        self.inner.tasks.lock().await.shutdown().await;
        self.inner.consensus.shutdown().await;
    }
}
