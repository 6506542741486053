//! The snapshots of one server.
//!
//! ```text
//! building:  snapshot-<n>.tmp ─ sync ─ rename ─ sync directory ─→ newest, the older one is removed
//! receiving: snapshot-<n>.tmp ─ check ─ sync ─ rename ─ …
//! ```
//! Limits: one file counts; building and receiving may run side by side, publishing is one at a time.

use std::io::{self, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::content::{Content, Output};
use super::format;
use crate::OpenError;
use crate::disk::{Disk, DiskFile, run_on};
use crate::machine::Frozen;
use crate::wal::{LogId, SnapshotMeta};

/// A snapshot that was checked.
#[derive(Clone)]
pub(crate) struct Stored {
    pub(crate) meta: SnapshotMeta,
    name: String,
    file: Arc<dyn DiskFile>,
    body: u64,
    len: u64,
}

impl Stored {
    /// Returns the length of the whole file, in bytes.
    pub(crate) fn file_len(&self) -> u64 {
        self.body + self.len + format::TRAILER as u64
    }

    /// Reads a part of the file, as it is sent to another server.
    pub(crate) fn read_part(&self, at: u64, max: usize) -> io::Result<Vec<u8>> {
        let len = usize::try_from(self.file_len().saturating_sub(at)).unwrap_or(max).min(max);
        let mut bytes = vec![0; len];
        let read = self.file.read_at(&mut bytes, at)?;
        bytes.truncate(read);
        Ok(bytes)
    }

    /// Returns the state that it holds.
    pub(crate) fn content(&self) -> impl Read + '_ {
        Content::new(self.file.as_ref(), self.body, self.len)
    }
}

/// All snapshots of a server: the newest, and files in the making.
pub(crate) struct Snapshots {
    disk: Arc<dyn Disk>,
    newest: Mutex<Option<Stored>>,
    publishing: futures::lock::Mutex<()>,
    next: AtomicU64,
}

impl Snapshots {
    /// Finds the newest snapshot on `disk`, checks it and removes everything older or unfinished.
    pub(crate) fn open(disk: Arc<dyn Disk>) -> Result<Self, OpenError> {
        let names = disk.list().map_err(OpenError::io("list", "."))?;
        let mut found: Vec<String> = names.into_iter().filter(|name| name.starts_with("snapshot-")).collect();
        let newest = found.iter().rposition(|name| name.ends_with(".snap")).map(|i| found.remove(i));
        let stored = newest.map(|name| load(disk.as_ref(), &name)).transpose()?;
        for name in found {
            disk.remove(&name).map_err(OpenError::io("remove", &name))?;
        }
        Ok(Self {
            disk,
            newest: Mutex::new(stored),
            publishing: futures::lock::Mutex::new(()),
            next: AtomicU64::new(0),
        })
    }

    /// Returns the newest snapshot.
    pub(crate) fn newest(&self) -> Option<Stored> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Makes an empty file for a snapshot and returns it with its name.
    pub(crate) fn create(&self) -> io::Result<(String, Arc<dyn DiskFile>)> {
        let name = format!("snapshot-{}.tmp", self.next.fetch_add(1, Ordering::Relaxed));
        let file = self.disk.create(&name, 0)?;
        Ok((name, file))
    }

    /// Gives up a file that [`Snapshots::create`] made.
    pub(crate) fn discard(&self, name: &str) {
        if let Err(error) = self.disk.remove(name) {
            tracing::warn!(%error, name, "cannot remove an unfinished snapshot");
        }
    }

    /// Writes `state` and returns the newest snapshot: this one, unless a newer one came first.
    pub(crate) async fn save(
        self: &Arc<Self>,
        meta: SnapshotMeta,
        state: Box<dyn Frozen>,
    ) -> io::Result<Stored> {
        let this = self.clone();
        run_on(&self.disk, "raft-snapshot", async move {
            let (name, file) = this.create()?;
            let written = write(&meta, file.as_ref(), state);
            let (body, len) = written.inspect_err(|_| this.discard(&name))?;
            this.publish(Stored { meta, name, file, body, len }).await
        })
        .await?
    }

    /// Checks a file that came from another server, keeps it and returns it.
    pub(crate) async fn accept(self: &Arc<Self>, name: String) -> Result<Stored, OpenError> {
        let (this, file) = (self.clone(), name.clone());
        let result =
            run_on(&self.disk, "raft-snapshot", async move { load(this.disk.as_ref(), &file) }).await;
        result.map_err(OpenError::io("read", name))?
    }

    /// Makes `stored` durable under its own name, unless a newer one is there, and removes what is older.
    pub(crate) async fn publish(self: &Arc<Self>, stored: Stored) -> io::Result<Stored> {
        let _one = self.publishing.lock().await;
        let newest = self.newest();
        if let Some(newest) =
            newest.as_ref().filter(|newest| newest.meta.last_log_id >= stored.meta.last_log_id)
        {
            if newest.name != stored.name {
                self.discard(&stored.name);
            }
            return Ok(newest.clone());
        }
        stored.file.sync().await?;
        let name = name_of(stored.meta.last_log_id);
        self.disk.rename(&stored.name, &name)?;
        self.disk.sync_dir().await?;
        let stored = Stored { name, ..stored };
        *self.newest.lock().unwrap_or_else(PoisonError::into_inner) = Some(stored.clone());
        if let Some(older) = newest {
            self.disk.remove(&older.name)?;
        }
        Ok(stored)
    }

    /// Like [`Snapshots::publish`], where the disk may block.
    pub(crate) async fn publish_blocking(self: &Arc<Self>, stored: Stored) -> io::Result<Stored> {
        let this = self.clone();
        run_on(&self.disk, "raft-snapshot", async move { this.publish(stored).await }).await?
    }
}

/// The name of a snapshot sorts as its age does.
fn name_of(id: Option<LogId>) -> String {
    let (index, term, server) =
        id.map_or((0, 0, 0), |id| (id.index, id.leader_id.term, id.leader_id.node_id.0));
    format!("snapshot-{term:016x}-{index:016x}-{server:016x}.snap")
}

fn load(disk: &dyn Disk, name: &str) -> Result<Stored, OpenError> {
    let file = disk.open(name).map_err(OpenError::io("open", name))?;
    let format::Checked { meta, body, len } = format::check(name, file.as_ref())?;
    Ok(Stored { meta, name: name.to_owned(), file, body, len })
}

fn write(meta: &SnapshotMeta, file: &dyn DiskFile, state: Box<dyn Frozen>) -> io::Result<(u64, u64)> {
    let head = format::head(meta)?;
    let body = head.len() as u64;
    file.write_at(&head, 0)?;
    let mut output = Output::new(file, body);
    state.write(&mut output)?;
    let (end, len, crc) = output.finish()?;
    file.write_at(&format::trailer(len, crc), end)?;
    Ok((body, len))
}
