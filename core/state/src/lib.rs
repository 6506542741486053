//! The state store: the fold of the Raft log.
//!
//! [`State`] is every table of one region at one index. It is cheap to clone: tables are persistent ordered
//! maps that share what did not change, so a clone is a snapshot for ever ([`Snapshot`]). The only writer is
//! [`State::apply`], a function of its inputs: time, ids and random choices travel inside the [`Entry`].
//!
//! Must never do: I/O, read a clock, draw random numbers, start a thread, panic on any command.

#![forbid(unsafe_code)]
#![warn(clippy::wildcard_enum_match_arm)]
#![warn(missing_docs)]

pub mod apply;
mod builder;
mod check;
pub mod codec;
pub mod columns;
pub mod event;
mod over_committed;
mod snapshot;
pub mod snapshot_format;
mod store;
pub mod tables;
mod texts;
mod txn;
pub mod watch;

pub use apply::{Applied, ApplyError, Change, Command, Entry, Reply, Table};
pub use builder::Builder;
pub use check::Violations;
pub use snapshot::Snapshot;
pub use store::{Indexes, State};
