//! Everything that belongs to one running server.
//!
//! Limits: lives as long as the process does, or until it is stopped; a stopped one is never started again.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures::channel::oneshot;
use openraft::AsyncRuntime;
use openraft::async_runtime::WatchReceiver;
use openraft::errors::{Fatal, ForwardToLeader};

use crate::disk::Disk;
use crate::engine::{Network, Raft, Types};
use crate::snapshot::{Incoming, Snapshots};
use crate::wal::Wal;
use crate::{Config, FatalError, Member, ServerId};

pub(super) struct Node<Rt: AsyncRuntime> {
    pub(super) id: ServerId,
    pub(super) config: Config,
    pub(super) raft: Raft<Rt>,
    pub(super) network: Network<Rt>,
    pub(super) group: u64,
    pub(super) disk: Arc<dyn Disk>,
    pub(super) wal: Arc<Wal>,
    pub(super) snapshots: Arc<Snapshots>,
    pub(super) incoming: futures::lock::Mutex<Incoming>,
    /// Bytes of proposals that wait for their commit.
    pub(super) in_flight: AtomicUsize,
    /// Membership changes come one at a time.
    pub(super) changing: futures::lock::Mutex<()>,
    /// When the leader was last heard of.
    pub(super) heard: Mutex<Option<Rt::Instant>>,
    /// Where the log stood, in bytes, when a snapshot was last asked for because of its size.
    pub(super) snapshot_mark: AtomicU64,
    /// Ends with the log's writer.
    pub(super) writer: Mutex<Option<oneshot::Receiver<()>>>,
}

impl<Rt: AsyncRuntime> Node<Rt> {
    /// Asks for a snapshot when the log has grown by more than its bound in bytes since the last one, and drops what
    /// that one covers: entries that are kept for late followers are bounded by number, this bounds their bytes.
    pub(super) async fn bound_log(&self) {
        let written = self.wal.written_bytes();
        let mark = self.snapshot_mark.load(Ordering::Relaxed);
        if written.saturating_sub(mark) < self.config.snapshot_bytes {
            return;
        }
        let swap = self.snapshot_mark.compare_exchange(mark, written, Ordering::Relaxed, Ordering::Relaxed);
        if swap.is_ok()
            && let Err(error) = self.compact().await
        {
            tracing::warn!(%error, "cannot ask for a snapshot");
        }
    }

    async fn compact(&self) -> Result<(), FatalError> {
        if let Some(covered) = self.snapshots.newest().and_then(|stored| stored.meta.last_log_id) {
            self.raft.trigger().purge_log(covered.index).await.map_err(fatal)?;
        }
        self.trigger_snapshot().await
    }

    pub(super) async fn trigger_snapshot(&self) -> Result<(), FatalError> {
        self.raft.trigger().snapshot().await.map_err(fatal)
    }

    /// Waits until consensus has stopped for good and returns why.
    pub(super) async fn until_fatal(&self) -> FatalError {
        let mut server = self.raft.server_metrics();
        while server.changed().await.is_ok() {}
        self.reason()
    }

    /// Returns why consensus has stopped.
    pub(super) fn reason(&self) -> FatalError {
        let metrics = self.raft.metrics();
        let state = metrics.borrow_watched().running_state.clone();
        state.err().map_or(FatalError::Panicked, fatal)
    }

    pub(super) async fn stop(&self) {
        if let Err(error) = self.raft.shutdown().await {
            tracing::warn!(%error, "consensus did not end in order");
        }
        self.wal.close();
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer {
            // The sender is dropped without a word when the writer failed; it has ended all the same.
            let _ = writer.await;
        }
        self.disk.release();
    }
}

pub(super) fn fatal<Rt: AsyncRuntime>(error: Fatal<Types<Rt>>) -> FatalError {
    match error {
        Fatal::Stopped => FatalError::Shutdown,
        Fatal::Panicked => FatalError::Panicked,
        Fatal::StorageError(error) => FatalError::Storage(error.to_string()),
    }
}

/// Returns the leader that an error points to.
pub(super) fn leader_of<Rt: AsyncRuntime>(forward: ForwardToLeader<Types<Rt>>) -> Option<Member> {
    Some(Member { id: forward.leader_id?, info: forward.leader_node? })
}
