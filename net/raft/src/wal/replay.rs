//! The state that a stream of records adds up to.
//!
//! The same rules hold while the log is written and while it is read again; only reading can find them broken.

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::entry::{LogId, Vote, decode_entry};
use super::index::{Index, Place};
use super::record::Kind;

/// Everything that the log says.
#[derive(Debug)]
pub(super) struct LogState {
    pub(super) vote: Option<Vote>,
    pub(super) committed: Option<LogId>,
    pub(super) purged: Option<LogId>,
    pub(super) index: Index,
    /// Bytes of entries that were appended since the start; what was read again does not count.
    pub(super) appended_bytes: u64,
}

impl LogState {
    pub(super) fn new(cache_bytes: usize) -> Self {
        Self { vote: None, committed: None, purged: None, index: Index::new(cache_bytes), appended_bytes: 0 }
    }

    /// Applies one record that was read; fails with the rule that it breaks.
    pub(super) fn replay(&mut self, kind: Kind, payload: &[u8], place: Place) -> Result<(), String> {
        match kind {
            Kind::Vote => self.vote = Some(decode(payload)?),
            Kind::Committed => self.committed = Some(decode(payload)?),
            Kind::Truncate => self.index.truncate(decode(payload)?),
            Kind::Purge => self.purge(decode(payload)?),
            Kind::Entry => {
                let entry =
                    decode_entry(&Bytes::copy_from_slice(payload)).map_err(|error| error.to_string())?;
                let index = entry.log_id.index;
                if let Some(next) = self.index.next().filter(|next| *next != index) {
                    return Err(format!("entry {index} stands where entry {next} belongs"));
                }
                self.index.push(entry, Some(place));
            }
        }
        Ok(())
    }

    pub(super) fn purge(&mut self, upto: LogId) {
        self.purged = self.purged.max(Some(upto));
        self.index.purge(upto);
    }

    /// Returns the id of the last entry, purged ones included.
    pub(super) fn last(&self) -> Option<LogId> {
        self.index.last().or(self.purged)
    }

    /// Drops what a purge in an older segment removed and returns the index of a missing entry, if one is.
    pub(super) fn settle(&mut self) -> Option<u64> {
        if let Some(purged) = self.purged {
            self.index.purge(purged);
        }
        let expected = self.purged.map_or(0, |id| id.index + 1);
        self.index.first().filter(|first| first.index > expected).map(|_| expected)
    }
}

/// Encodes a small value of a record.
pub(super) fn encode<T: Serialize>(out: &mut Vec<u8>, value: &T) -> std::io::Result<()> {
    rmp_serde::encode::write_named(out, value).map_err(std::io::Error::other)
}

fn decode<T: DeserializeOwned>(payload: &[u8]) -> Result<T, String> {
    rmp_serde::from_slice(payload).map_err(|error| error.to_string())
}
