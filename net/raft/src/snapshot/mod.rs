//! Snapshots: the whole state in one file, so that the log behind it can go.
//!
//! A file is written under a temporary name, synced, renamed, and the directory synced; only then does it count. The
//! newest one is kept, an older one never replaces it, and every byte is checked before it is used.
mod content;
mod format;
mod incoming;
mod store;

pub(crate) use incoming::{Incoming, Progress};
pub(crate) use store::{Snapshots, Stored};

#[cfg(test)]
mod tests;
