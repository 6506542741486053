//! The only writer of the log's files.
//!
//! ```text
//! wait for a batch → write its records (rotating where a segment is full) → one sync → tell everybody
//! ```
//! Runs in a thread of its own, in the simulation as a task. Limits: one batch is encoded in pieces of 4 MiB; the first
//! error ends it for good, since after a failed sync nobody knows what the disk holds.

use std::io;
use std::sync::Arc;

use super::entry::{LogId, Vote, encode_entry, size_of};
use super::index::Place;
use super::queue::{Batch, Queued, Shared};
use super::record::{self, Kind};
use super::replay::encode;
use super::segment::{self, HEADER, Header};
use crate::disk::{Disk, DiskFile};

const BUFFER_BYTES: usize = 4 << 20;

/// Writes batches until the log is closed.
pub(super) struct Writer {
    pub(super) disk: Arc<dyn Disk>,
    pub(super) shared: Arc<Shared>,
    pub(super) incarnation: u128,
    pub(super) segment_bytes: u64,
    pub(super) marks: Marks,
    pub(super) active: Option<Active>,
    /// The sequence of the next segment.
    pub(super) next: u64,
    /// The position behind the last byte that was written.
    pub(super) position: u64,
}

/// What a new segment repeats at its beginning, as of the last record written.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Marks {
    pub(super) vote: Option<Vote>,
    pub(super) committed: Option<LogId>,
    pub(super) purged: Option<LogId>,
}

/// The segment that is written to.
pub(super) struct Active {
    file: Arc<dyn DiskFile>,
    sequence: u64,
    base: u64,
    /// The position up to which everything is durable.
    durable: u64,
}

impl Writer {
    /// Writes what comes until the log is closed or the disk fails.
    pub(super) async fn run(mut self) {
        let mut buffer = Vec::new();
        while let Some(batch) = self.shared.next_batch().await {
            let Batch { records, waiting } = batch;
            let result = self.write(&records, &mut buffer).await;
            if let Err(error) = &result {
                tracing::error!(%error, "the log cannot be written any more");
                self.shared.fail(error);
            }
            for waiting in waiting {
                waiting(result.as_ref().copied().map_err(|error| io::Error::other(error.to_string())));
            }
            if result.is_err() {
                return;
            }
            buffer.clear();
            buffer.shrink_to(BUFFER_BYTES);
        }
    }

    async fn write(&mut self, records: &[Queued], buffer: &mut Vec<u8>) -> io::Result<()> {
        let mut places = Vec::new();
        for queued in records {
            let room = record::size(self.size(queued));
            if self.is_full(buffer.len() as u64, room as u64) {
                self.flush(buffer, &mut places)?;
                self.rotate().await?;
            }
            let active = self.active.as_ref().expect("rotating makes a segment");
            let position = self.position + buffer.len() as u64;
            let at = buffer.len();
            put(buffer, queued, position, active.durable)?;
            if let Queued::Entry(id, _) = queued {
                let len =
                    u32::from_le_bytes(buffer[at + 4..at + 8].try_into().expect("four bytes")) & 0x00ff_ffff;
                places.push((*id, Place { segment: active.sequence, offset: position - active.base, len }));
            }
            self.marks.note(queued);
            if buffer.len() >= BUFFER_BYTES {
                self.flush(buffer, &mut places)?;
            }
        }
        self.flush(buffer, &mut places)?;
        if let Some(active) = &mut self.active {
            active.file.sync().await?;
            active.durable = self.position;
        }
        if records.iter().any(|queued| matches!(queued, Queued::Purge(_))) {
            self.remove_purged().await?;
        }
        Ok(())
    }

    /// Writes the buffer and tells the index where its entries are.
    fn flush(&mut self, buffer: &mut Vec<u8>, places: &mut Vec<(LogId, Place)>) -> io::Result<()> {
        if let Some(active) = self.active.as_ref().filter(|_| !buffer.is_empty()) {
            active.file.write_at(buffer, self.position - active.base)?;
            self.position += buffer.len() as u64;
            buffer.clear();
        }
        if !places.is_empty() {
            let mut inner = self.shared.lock();
            for (id, place) in places.drain(..) {
                inner.log.index.place(id, place);
            }
            inner.log.index.evict();
        }
        Ok(())
    }

    fn is_full(&self, buffered: u64, room: u64) -> bool {
        let Some(active) = &self.active else { return true };
        let used = self.position - active.base + buffered;
        // A record that is longer than a segment gets a segment of its own.
        used + room > self.segment_bytes && used > HEADER as u64 + 512
    }

    fn size(&self, queued: &Queued) -> usize {
        match queued {
            Queued::Entry(_, payload) => size_of(payload),
            Queued::Vote(_) | Queued::Committed(_) | Queued::Truncate(_) | Queued::Purge(_) => 128,
        }
    }

    /// Closes the segment that is full, durable to its last byte, and makes the next one.
    async fn rotate(&mut self) -> io::Result<()> {
        if let Some(full) = self.active.take() {
            full.file.truncate(self.position - full.base)?;
            full.file.sync().await?;
        }
        let (sequence, base) = (self.next, self.position);
        let mut head = vec![0; HEADER];
        for queued in self.marks.records() {
            let position = base + head.len() as u64;
            put(&mut head, &queued, position, base)?;
        }
        let header = Header { sequence, base, head: head.len() as u32, incarnation: self.incarnation };
        head[..HEADER].copy_from_slice(&header.encode());
        let (name, tmp) = (segment::name(sequence), format!("wal-{sequence:016x}.tmp"));
        let file = self.disk.create(&tmp, self.segment_bytes)?;
        file.write_at(&head, 0)?;
        file.sync().await?;
        self.disk.rename(&tmp, &name)?;
        self.disk.sync_dir().await?;
        self.next += 1;
        self.position += head.len() as u64;
        self.shared.lock().files.insert(sequence, file.clone());
        self.active = Some(Active { file, sequence, base, durable: self.position });
        Ok(())
    }

    /// Removes segments whose entries were all purged; the purge itself is durable by now.
    async fn remove_purged(&mut self) -> io::Result<()> {
        let gone: Vec<u64> = {
            let mut inner = self.shared.lock();
            let active = self.active.as_ref().map_or(self.next, |active| active.sequence);
            let oldest = inner.log.index.oldest_segment().unwrap_or(active).min(active);
            let kept = inner.files.split_off(&oldest);
            std::mem::replace(&mut inner.files, kept).into_keys().collect()
        };
        for sequence in &gone {
            self.disk.remove(&segment::name(*sequence))?;
        }
        if gone.is_empty() { Ok(()) } else { self.disk.sync_dir().await }
    }
}

impl Marks {
    fn note(&mut self, queued: &Queued) {
        match queued {
            Queued::Vote(vote) => self.vote = Some(*vote),
            Queued::Committed(id) => self.committed = Some(*id),
            Queued::Purge(id) => self.purged = self.purged.max(Some(*id)),
            Queued::Entry(..) | Queued::Truncate(_) => {}
        }
    }

    fn records(self) -> impl Iterator<Item = Queued> {
        let vote = self.vote.map(Queued::Vote);
        let purged = self.purged.map(Queued::Purge);
        let committed = self.committed.map(Queued::Committed);
        [vote, purged, committed].into_iter().flatten()
    }
}

fn put(out: &mut Vec<u8>, queued: &Queued, position: u64, durable: u64) -> io::Result<()> {
    match queued {
        Queued::Vote(vote) => record::put(out, Kind::Vote, position, durable, |out| encode(out, vote)),
        Queued::Committed(id) => record::put(out, Kind::Committed, position, durable, |out| encode(out, id)),
        Queued::Truncate(id) => record::put(out, Kind::Truncate, position, durable, |out| encode(out, id)),
        Queued::Purge(id) => record::put(out, Kind::Purge, position, durable, |out| encode(out, id)),
        Queued::Entry(id, payload) => {
            record::put(out, Kind::Entry, position, durable, |out| encode_entry(out, *id, payload))
        }
    }
}
