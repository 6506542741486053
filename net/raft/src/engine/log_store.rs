//! The write-ahead log as openraft sees it.
//!
//! Limits: one replication request reads at most `replication_bytes`; a vote returns only when it is durable.

use std::fmt::Debug;
use std::io;
use std::ops::{Bound, RangeBounds};
use std::sync::Arc;

use futures::channel::oneshot;
use openraft::storage::{IOFlushed, RaftLogReader, RaftLogStorage};
use openraft::{AsyncRuntime, LogState, OptionalSend};

use super::Types;
use crate::wal::{Entry, LogId, Vote, Wal};

/// A handle to the log; clones read and write the same one.
#[derive(Clone)]
pub(crate) struct LogStore {
    wal: Arc<Wal>,
    replication_bytes: usize,
}

impl LogStore {
    pub(crate) fn new(wal: Arc<Wal>, replication_bytes: usize) -> Self {
        Self { wal, replication_bytes }
    }
}

impl<Rt: AsyncRuntime> RaftLogReader<Types<Rt>> for LogStore {
    async fn try_get_log_entries<RB: RangeBounds<u64> + Clone + Debug + OptionalSend>(
        &mut self,
        range: RB,
    ) -> io::Result<Vec<Entry>> {
        let start = match range.start_bound() {
            Bound::Included(start) => *start,
            Bound::Excluded(start) => start + 1,
            Bound::Unbounded => 0,
        };
        let end = match range.end_bound() {
            Bound::Included(end) => end + 1,
            Bound::Excluded(end) => *end,
            Bound::Unbounded => u64::MAX,
        };
        // openraft bounds these reads by number.
        self.wal.read(start..end, usize::MAX)
    }

    async fn read_vote(&mut self) -> io::Result<Option<Vote>> {
        Ok(self.wal.vote())
    }

    async fn limited_get_log_entries(&mut self, start: u64, end: u64) -> io::Result<Vec<Entry>> {
        self.wal.read(start..end, self.replication_bytes)
    }
}

impl<Rt: AsyncRuntime> RaftLogStorage<Types<Rt>> for LogStore {
    type LogReader = Self;

    async fn get_log_state(&mut self) -> io::Result<LogState<Types<Rt>>> {
        Ok(LogState { last_purged_log_id: self.wal.purged(), last_log_id: self.wal.last() })
    }

    async fn get_log_reader(&mut self) -> Self {
        self.clone()
    }

    async fn save_vote(&mut self, vote: &Vote) -> io::Result<()> {
        let (done, durable) = oneshot::channel();
        // The receiver is gone only when openraft dropped this very call.
        self.wal.save_vote(*vote, Box::new(move |result| drop(done.send(result))))?;
        durable.await.map_err(|_| io::Error::other("the log's writer ended"))?
    }

    async fn save_committed(&mut self, committed: Option<LogId>) -> io::Result<()> {
        committed.map_or(Ok(()), |committed| self.wal.save_committed(committed))
    }

    async fn read_committed(&mut self) -> io::Result<Option<LogId>> {
        Ok(self.wal.committed())
    }

    async fn append<I>(&mut self, entries: I, callback: IOFlushed<Types<Rt>>) -> io::Result<()>
    where
        I: IntoIterator<Item = Entry> + OptionalSend,
        I::IntoIter: OptionalSend,
    {
        self.wal.append(entries, Box::new(move |result| callback.io_completed(result)))
    }

    async fn truncate_after(&mut self, last_log_id: Option<LogId>) -> io::Result<()> {
        self.wal.truncate_after(last_log_id)
    }

    async fn purge(&mut self, log_id: LogId) -> io::Result<()> {
        self.wal.purge(log_id)
    }
}
