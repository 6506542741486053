//! What waits to be written, and who waits for it.
//!
//! Group commit: everything that is pushed while a sync is in flight is taken together afterwards and shares the next
//! one; a lone writer waits for nothing. Limits: the queue itself has none, its feeders do: proposals in flight are
//! bounded in bytes, replication and votes come one request at a time.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use std::collections::BTreeMap;

use super::entry::{LogId, Payload, Vote};
use super::replay::LogState;
use crate::disk::DiskFile;

/// Called once the records before it are durable, or never will be.
pub(crate) type Completion = Box<dyn FnOnce(io::Result<()>) + Send>;

/// A record to be written.
pub(super) enum Queued {
    Vote(Vote),
    Entry(LogId, Payload),
    Committed(LogId),
    Truncate(Option<LogId>),
    Purge(LogId),
}

/// Everything that is written and synced together.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) records: Vec<Queued>,
    pub(super) waiting: Vec<Completion>,
}

/// The log's state and its queue, shared by everybody who reads or writes the log.
pub(super) struct Shared {
    inner: Mutex<Inner>,
}

pub(super) struct Inner {
    pub(super) log: LogState,
    pub(super) files: BTreeMap<u64, Arc<dyn DiskFile>>,
    queue: Batch,
    /// Somebody waits for the queue to become durable.
    urgent: bool,
    closed: bool,
    /// The first failure; the log takes nothing from then on.
    failed: Option<String>,
    writer: Option<Waker>,
}

impl Shared {
    pub(super) fn new(log: LogState, files: BTreeMap<u64, Arc<dyn DiskFile>>) -> Self {
        let inner = Inner {
            log,
            files,
            queue: Batch::default(),
            urgent: false,
            closed: false,
            failed: None,
            writer: None,
        };
        Self { inner: Mutex::new(inner) }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues what `change` returns and completes `waiting` when it is durable; without anybody waiting the records
    /// go with the next batch.
    pub(super) fn push(
        &self,
        waiting: Option<Completion>,
        change: impl FnOnce(&mut LogState, &mut Vec<Queued>),
    ) -> io::Result<()> {
        let waker = {
            let mut inner = self.lock();
            if let Some(reason) = &inner.failed {
                return Err(io::Error::other(reason.clone()));
            }
            if inner.closed {
                return Err(io::Error::other("the log is closed"));
            }
            let Inner { log, queue, .. } = &mut *inner;
            change(log, &mut queue.records);
            let Some(waiting) = waiting else { return Ok(()) };
            inner.queue.waiting.push(waiting);
            inner.urgent = true;
            inner.writer.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
        Ok(())
    }

    /// Waits until something must become durable and takes all that is queued; `None` once the log is closed and
    /// everything was taken.
    pub(super) async fn next_batch(&self) -> Option<Batch> {
        std::future::poll_fn(|context| {
            let mut inner = self.lock();
            if inner.urgent || (inner.closed && !inner.queue.records.is_empty()) {
                inner.urgent = false;
                return Poll::Ready(Some(std::mem::take(&mut inner.queue)));
            }
            if inner.closed {
                return Poll::Ready(None);
            }
            inner.writer = Some(context.waker().clone());
            Poll::Pending
        })
        .await
    }

    /// Lets the writer end after what is queued.
    pub(super) fn close(&self) {
        let waker = {
            let mut inner = self.lock();
            inner.closed = true;
            inner.writer.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Notes that the disk failed: what is on it is unknown, so nothing is written or acknowledged any more.
    pub(super) fn fail(&self, error: &io::Error) {
        let mut inner = self.lock();
        inner.failed.get_or_insert_with(|| error.to_string());
        inner.closed = true;
        let rest = std::mem::take(&mut inner.queue).waiting;
        inner.urgent = false;
        drop(inner);
        for waiting in rest {
            waiting(Err(io::Error::other(error.to_string())));
        }
    }
}
