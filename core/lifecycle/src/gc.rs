//! Decides which directories of ended allocations a client deletes: the oldest, once there are too many or the
//! disk fills up.
//!
//! Limits: [`GcOptions::at_once`] in one pass.

use model::{AllocId, Nanos, Timestamp};

/// How much is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GcOptions {
    /// Allocations of which directories may exist, running ones included.
    pub max_allocs: usize,
    /// Directories of allocations that ended longer ago are deleted whatever else holds.
    pub max_age: Nanos,
    /// Percent of the disk in use from which on directories are deleted.
    pub disk_percent: u8,
    /// Percent of the inodes in use from which on directories are deleted.
    pub inode_percent: u8,
    /// How long a full disk leaves a directory alone, so that whoever sees a task end can read why.
    pub min_age: Nanos,
    /// Directories deleted in one pass.
    pub at_once: usize,
}

impl Default for GcOptions {
    fn default() -> Self {
        Self {
            max_allocs: 50,
            max_age: Nanos::from_mins(24 * 60),
            disk_percent: 80,
            inode_percent: 70,
            min_age: Nanos::from_mins(1),
            at_once: 16,
        }
    }
}

/// An allocation that ended and whose directory is still there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// The allocation.
    pub id: AllocId,
    /// When it ended.
    pub at: Timestamp,
}

/// How full the disk of the allocations is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiskUse {
    /// Percent of the space in use.
    pub disk_percent: u8,
    /// Percent of the inodes in use.
    pub inode_percent: u8,
}

/// The allocations whose directories go now, oldest first. `live` counts those that have not ended.
#[must_use]
pub fn collect(
    now: Timestamp,
    options: &GcOptions,
    usage: DiskUse,
    live: usize,
    ended: &[Ended],
) -> Vec<AllocId> {
    let mut oldest = ended.to_vec();
    oldest.sort_unstable_by_key(|entry| (entry.at, entry.id));
    let excess = (live + ended.len()).saturating_sub(options.max_allocs);
    let full = usage.disk_percent >= options.disk_percent || usage.inode_percent >= options.inode_percent;
    let goes = |position: usize, age: Nanos| {
        position < excess || age > options.max_age || (full && age >= options.min_age)
    };
    oldest
        .iter()
        .enumerate()
        .filter(|(position, entry)| goes(*position, now.since(entry.at)))
        .map(|(_, entry)| entry.id)
        .take(options.at_once)
        .collect()
}
