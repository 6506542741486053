//! Who owns which directory: a record for each running dev cluster, so that the next start can sweep what a
//! killed one left.
//!
//! A record says pid and start time of the process, so that a pid that was reused is not taken for its owner.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Longest record in bytes.
const MAX_RECORD: u64 = 64 << 10;
/// Records looked at in one start.
const MAX_RECORDS: usize = 256;

/// What one dev cluster owns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    /// Its process.
    pub(crate) pid: u32,
    /// When that process started, in clock ticks since boot.
    pub(crate) start_time: u64,
    /// Its directory.
    pub(crate) dir: PathBuf,
    /// Whether the directory outlives it.
    pub(crate) persist: bool,
    /// Parents of its control groups.
    pub(crate) cgroups: Vec<String>,
    /// State and allocation directories of its clients.
    pub(crate) clients: Vec<(PathBuf, PathBuf)>,
}

impl Record {
    /// Whether the process that wrote it still runs.
    pub(crate) fn is_alive(&self) -> bool {
        start_time(self.pid) == Some(self.start_time)
    }

    /// Where the record of this process is.
    pub(crate) fn path(&self) -> PathBuf {
        folder().join(format!("{}.json", self.pid))
    }

    /// Writes the record.
    pub(crate) fn save(&self) -> io::Result<()> {
        fs::create_dir_all(folder())?;
        let text = serde_json::to_vec_pretty(self).map_err(io::Error::other)?;
        fs::write(self.path(), text)
    }
}

/// Where records are kept.
fn folder() -> PathBuf {
    std::env::temp_dir().join("nomadctl-dev")
}

/// The records of clusters whose process is gone.
pub(crate) fn orphans() -> Vec<Record> {
    let Ok(entries) = fs::read_dir(folder()) else { return Vec::new() };
    let records = entries.flatten().take(MAX_RECORDS).filter_map(|entry| read(&entry.path()));
    records.filter(|record| !record.is_alive()).collect()
}

fn read(path: &Path) -> Option<Record> {
    if fs::metadata(path).ok()?.len() > MAX_RECORD {
        return None;
    }
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

/// When a process started, in clock ticks since boot; none when it is gone.
pub(crate) fn start_time(pid: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name may hold spaces and parentheses: fields are counted from its end.
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut fields = rest.split_whitespace();
    if fields.next() == Some("Z") {
        return None;
    }
    fields.nth(18)?.parse().ok()
}
