//! The log as the rest of this crate uses it.
//!
//! Limits: what is appended can be read at once, but counts only when its completion was called; entries that are no
//! longer in memory are read from their file and checked again before they are served.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures::channel::oneshot;

use super::entry::{Entry, LogId, Vote, decode_entry};
use super::index::{Found, Place};
use super::queue::{Completion, Queued, Shared};
use super::record::{self, HEADER, Kind};
use super::recover::{Recovered, Torn, recover};
use super::segment;
use super::writer::{Marks, Writer};
use crate::OpenError;
use crate::disk::{Disk, DiskFile};

/// The sizes that bound the log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The size of a segment, in bytes.
    pub(crate) segment_bytes: u64,
    /// How many bytes of entries stay in memory.
    pub(crate) cache_bytes: usize,
}

/// The write-ahead log of one server.
pub(crate) struct Wal {
    shared: Arc<Shared>,
}

/// Ends when the log's writer has ended.
pub(crate) type Ended = oneshot::Receiver<()>;

impl Drop for Wal {
    fn drop(&mut self) {
        self.shared.close();
    }
}

impl Wal {
    /// Opens the log on `disk`, reading all of it, and starts its writer.
    pub(crate) async fn open(
        disk: Arc<dyn Disk>,
        incarnation: u128,
        limits: Limits,
    ) -> Result<(Self, Option<Torn>, Ended), OpenError> {
        let found = recover(disk.as_ref(), incarnation, limits.cache_bytes).await?;
        let Recovered { state, files, next, base, torn } = found;
        let marks = Marks { vote: state.vote, committed: state.committed, purged: state.purged };
        let shared = Arc::new(Shared::new(state, files));
        let writer = Writer {
            disk: disk.clone(),
            shared: shared.clone(),
            incarnation,
            segment_bytes: limits.segment_bytes,
            marks,
            active: None,
            next,
            position: base,
        };
        let (ended, watch) = oneshot::channel();
        disk.spawn(
            "raft-log",
            Box::pin(async move {
                writer.run().await;
                // Nobody may be waiting for the end.
                let _ = ended.send(());
            }),
        );
        Ok((Self { shared }, torn, watch))
    }

    pub(crate) fn vote(&self) -> Option<Vote> {
        self.shared.lock().log.vote
    }

    pub(crate) fn committed(&self) -> Option<LogId> {
        self.shared.lock().log.committed
    }

    pub(crate) fn purged(&self) -> Option<LogId> {
        self.shared.lock().log.purged
    }

    /// Returns the id of the last entry, purged ones included.
    pub(crate) fn last(&self) -> Option<LogId> {
        self.shared.lock().log.last()
    }

    /// Saves the vote and calls `done` when it is durable.
    pub(crate) fn save_vote(&self, vote: Vote, done: Completion) -> io::Result<()> {
        self.shared.push(Some(done), |log, queue| {
            log.vote = Some(vote);
            queue.push(Queued::Vote(vote));
        })
    }

    /// Appends entries, which can be read at once, and calls `done` when they are durable.
    pub(crate) fn append(
        &self,
        entries: impl IntoIterator<Item = Entry>,
        done: Completion,
    ) -> io::Result<()> {
        self.shared.push(Some(done), |log, queue| {
            for entry in entries {
                log.appended_bytes += super::entry::size_of(&entry.payload) as u64;
                queue.push(Queued::Entry(entry.log_id, entry.payload.clone()));
                log.index.push(entry, None);
            }
        })
    }

    /// Notes how far entries are committed; written together with what comes next.
    pub(crate) fn save_committed(&self, committed: LogId) -> io::Result<()> {
        self.shared.push(None, |log, queue| {
            log.committed = Some(committed);
            if let Some(Queued::Committed(last)) = queue.last_mut() {
                *last = committed;
            } else {
                queue.push(Queued::Committed(committed));
            }
        })
    }

    /// Removes all entries behind `after`; the mark is durable before anything appended later is.
    pub(crate) fn truncate_after(&self, after: Option<LogId>) -> io::Result<()> {
        self.shared.push(None, |log, queue| {
            log.index.truncate(after);
            queue.push(Queued::Truncate(after));
        })
    }

    /// Removes all entries up to `upto`; files go once the mark is durable.
    pub(crate) fn purge(&self, upto: LogId) -> io::Result<()> {
        self.shared.push(Some(Box::new(|_| ())), |log, queue| {
            log.purge(upto);
            queue.push(Queued::Purge(upto));
        })
    }

    /// Returns how many bytes of entries were appended since the start.
    pub(crate) fn written_bytes(&self) -> u64 {
        self.shared.lock().log.appended_bytes
    }

    /// Drops the decoded forms of commands up to `upto`, which were applied.
    pub(crate) fn applied(&self, upto: u64) {
        self.shared.lock().log.index.strip(upto);
    }

    /// Returns the entries of `range` that the log has, at most `max_bytes` of them but at least one.
    pub(crate) fn read(&self, range: Range<u64>, max_bytes: usize) -> io::Result<Vec<Entry>> {
        let (mut entries, mut bytes) = (Vec::new(), 0);
        let (first, next) = {
            let inner = self.shared.lock();
            (inner.log.index.first().map_or(0, |id| id.index), inner.log.index.next().unwrap_or(0))
        };
        for index in range.start.max(first)..range.end.min(next) {
            // A truncation or a purge may have come between.
            let Some(found) = self.find(index)? else { break };
            bytes += super::entry::size_of(&found.payload);
            if bytes > max_bytes && !entries.is_empty() {
                break;
            }
            entries.push(found);
        }
        Ok(entries)
    }

    fn find(&self, index: u64) -> io::Result<Option<Entry>> {
        let (id, place, file) = {
            let inner = self.shared.lock();
            match inner.log.index.get(index) {
                None => return Ok(None),
                Some(Found::Cached(entry)) => return Ok(Some(entry)),
                Some(Found::Stored(id, place)) => (id, place, inner.files.get(&place.segment).cloned()),
            }
        };
        let file = file.ok_or_else(|| corrupt(place, "its file is gone"))?;
        let entry = load(file.as_ref(), place)?;
        if entry.log_id == id { Ok(Some(entry)) } else { Err(corrupt(place, "another entry stands there")) }
    }

    /// Lets the writer end after what is queued.
    pub(crate) fn close(&self) {
        self.shared.close();
    }
}

/// Reads one entry from its file, checking it again.
fn load(file: &dyn DiskFile, place: Place) -> io::Result<Entry> {
    let mut base = [0; segment::HEADER];
    let mut bytes = vec![0; record::size(place.len as usize)];
    file.read_at(&mut base, 0)?;
    file.read_at(&mut bytes, place.offset)?;
    let base = u64::from_le_bytes(base[40..48].try_into().expect("eight bytes"));
    match record::get(&bytes, 0, base + place.offset) {
        Some(found) if found.kind == Kind::Entry => {
            let range = HEADER..HEADER + found.payload.len();
            decode_entry(&Bytes::from(bytes).slice(range))
        }
        _ => Err(corrupt(place, "the record there is damaged")),
    }
}

fn corrupt(place: Place, reason: &str) -> io::Error {
    let error = OpenError::corrupt(segment::name(place.segment), place.offset, reason);
    io::Error::new(io::ErrorKind::InvalidData, error)
}
