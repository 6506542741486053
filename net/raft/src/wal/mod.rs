//! The write-ahead log: votes, entries, commits, truncations and purges in one ordered stream of records.
//!
//! ```text
//! append, vote, truncate, purge → queue ──(writer: one write, one sync for all that wait)──→ segments
//!                                  │
//!                                index: every entry's id and place, the newest entries themselves
//! ```
//! Nothing here knows openraft's engine, only its plain data types. A torn tail is cut off and reported; anything else
//! that is not what was written is named ([`OpenError::Corrupt`](crate::OpenError)) and never served.
mod entry;
mod index;
mod log;
mod queue;
mod record;
mod recover;
mod replay;
mod segment;
mod writer;

pub(crate) use entry::{
    Entry, LeaderId, LogId, Payload, SnapshotMeta, StoredMembership, Vote, decode_entry, encode_entry,
};
pub(crate) use log::{Limits, Wal};

#[cfg(test)]
mod tests;
