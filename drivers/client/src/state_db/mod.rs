//! What the client intends and knows, on disk: assignments, states and handles of tasks.
//!
//! Writes are collected, the last one of a key counts, and one commit takes all that came while the one before was
//! being synced. [`StateDb::synced`] waits for the commit of what was written before it. The executors' own files are
//! the truth about processes: a lost or broken database costs restarts counted so far, never a running task.

mod open;
mod read;
mod write;

pub use open::StateError;
pub(crate) use read::Recorded;
pub(crate) use write::StateDb;
