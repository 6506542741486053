//! The machine as openraft sees it: entries are applied in order, snapshots are built beside that.
//!
//! Limits: building works on a frozen state, so it never delays an apply; installing replaces the machine's state and
//! runs between two applies.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use futures::{Stream, TryStreamExt};
use openraft::storage::{EntryResponder, RaftSnapshotBuilder, RaftStateMachine};
use openraft::{AsyncRuntime, OptionalSend, Snapshot};

use super::Types;
use crate::machine::{Frozen, Machine};
use crate::snapshot::{Snapshots, Stored};
use crate::wal::{LeaderId, LogId, Payload, SnapshotMeta, StoredMembership, Wal};
use crate::{NodeInfo, Reply, ServerId};

type StoredSnapshot = Snapshot<LeaderId, ServerId, NodeInfo, Stored>;

/// The machine together with what consensus keeps beside it.
pub(crate) struct StateMachine {
    machine: Arc<dyn Machine>,
    snapshots: Arc<Snapshots>,
    wal: Arc<Wal>,
    applied: Option<LogId>,
    membership: StoredMembership,
}

impl StateMachine {
    pub(crate) fn new(machine: Arc<dyn Machine>, snapshots: Arc<Snapshots>, wal: Arc<Wal>) -> Self {
        Self { machine, snapshots, wal, applied: None, membership: StoredMembership::default() }
    }

    fn apply_one(&mut self, id: LogId, payload: Payload) -> Reply {
        let reply = match payload {
            Payload::Normal(command) => self.machine.apply(id.index, &command),
            Payload::Blank => {
                self.machine.applied(id.index);
                Reply::empty()
            }
            Payload::Membership(membership) => {
                self.membership = StoredMembership::new(Some(id), membership);
                self.machine.applied(id.index);
                Reply::empty()
            }
        };
        self.applied = Some(id);
        reply
    }
}

impl<Rt: AsyncRuntime> RaftStateMachine<Types<Rt>> for StateMachine {
    type SnapshotData = Stored;
    type SnapshotBuilder = Builder;

    async fn applied_state(&mut self) -> io::Result<(Option<LogId>, StoredMembership)> {
        Ok((self.applied, self.membership.clone()))
    }

    async fn apply<S>(&mut self, mut entries: S) -> io::Result<()>
    where
        S: Stream<Item = io::Result<EntryResponder<Types<Rt>>>> + Unpin + OptionalSend,
    {
        while let Some((entry, responder)) = entries.try_next().await? {
            let reply = self.apply_one(entry.log_id, entry.payload);
            if let Some(responder) = responder {
                responder.send(reply);
            }
        }
        if let Some(applied) = self.applied {
            self.wal.applied(applied.index);
        }
        Ok(())
    }

    async fn get_snapshot_builder(&mut self) -> Builder {
        Builder {
            meta: SnapshotMeta { last_log_id: self.applied, last_membership: self.membership.clone() },
            state: Mutex::new(Some(self.machine.freeze())),
            snapshots: self.snapshots.clone(),
        }
    }

    async fn install_snapshot(&mut self, meta: &SnapshotMeta, snapshot: Stored) -> io::Result<()> {
        let stored = self.snapshots.publish_blocking(snapshot).await?;
        if stored.meta.last_log_id > meta.last_log_id {
            tracing::info!("a newer snapshot than the installed one is kept");
        }
        self.machine.restore(&mut stored.content())?;
        self.applied = stored.meta.last_log_id;
        self.membership = stored.meta.last_membership.clone();
        Ok(())
    }

    async fn get_current_snapshot(&mut self) -> io::Result<Option<StoredSnapshot>> {
        Ok(self.snapshots.newest().map(|stored| Snapshot { meta: stored.meta.clone(), snapshot: stored }))
    }
}

/// Writes one snapshot of a frozen state.
pub(crate) struct Builder {
    meta: SnapshotMeta,
    state: Mutex<Option<Box<dyn Frozen>>>,
    snapshots: Arc<Snapshots>,
}

impl<Rt: AsyncRuntime> RaftSnapshotBuilder<Types<Rt>> for Builder {
    type SnapshotData = Stored;

    async fn build_snapshot(&mut self) -> io::Result<StoredSnapshot> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner).take();
        let state = state.ok_or_else(|| io::Error::other("a snapshot is built once"))?;
        let stored = self.snapshots.save(self.meta.clone(), state).await?;
        Ok(Snapshot { meta: stored.meta.clone(), snapshot: stored })
    }
}
