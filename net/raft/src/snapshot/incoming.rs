//! A snapshot on its way in, piece by piece.
//!
//! Limits: one transfer at a time, the newest wins; pieces come in order, anything else is told where to go on.

use std::io;
use std::sync::Arc;

use super::store::Snapshots;
use crate::disk::DiskFile;
use crate::wal::{LogId, Vote};

/// What a transfer is told apart by: who sends which snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) vote: Vote,
    pub(crate) last: Option<LogId>,
}

/// Where a transfer stands after a piece.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// The next piece begins here, in bytes.
    Next(u64),
    /// Everything is here; the file has this name.
    Complete(String),
}

/// The transfer that is running, if one is.
pub(crate) struct Incoming {
    snapshots: Arc<Snapshots>,
    running: Option<Transfer>,
}

struct Transfer {
    key: Key,
    name: String,
    file: Arc<dyn DiskFile>,
    received: u64,
    total: u64,
}

impl Incoming {
    pub(crate) fn new(snapshots: Arc<Snapshots>) -> Self {
        Self { snapshots, running: None }
    }

    /// Takes the piece at `offset` of a file of `total` bytes.
    pub(crate) fn take(
        &mut self,
        vote: Vote,
        last: Option<LogId>,
        total: u64,
        offset: u64,
        bytes: &[u8],
    ) -> io::Result<Progress> {
        let key = Key { vote, last };
        if offset == 0
            || self.running.as_ref().is_none_or(|running| running.key != key || running.total != total)
        {
            self.abandon();
            let (name, file) = self.snapshots.create()?;
            self.running = Some(Transfer { key, name, file, received: 0, total });
        }
        let running = self.running.as_mut().expect("a transfer was begun above");
        if offset == running.received && offset + bytes.len() as u64 <= total {
            running.file.write_at(bytes, offset)?;
            running.received += bytes.len() as u64;
        }
        if running.received < total {
            return Ok(Progress::Next(running.received));
        }
        let name = std::mem::take(&mut running.name);
        self.running = None;
        Ok(Progress::Complete(name))
    }

    fn abandon(&mut self) {
        if let Some(running) = self.running.take() {
            self.snapshots.discard(&running.name);
        }
    }
}
