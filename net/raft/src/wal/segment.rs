//! One file of the log: a header, then records up to the end of what was written.
//!
//! ```text
//! "nomadWAL" │ format u32 │ head u32 │ incarnation u128 │ sequence u64 │ base u64 │ crc u32 │ 0 u32
//! ```
//! A segment begins with the vote, the commit and the purge that held when it was made, so that older ones can go.
//! `head` is the length of header and these records: it was synced before the file got its name, so damage in it is
//! never a torn tail.

use crate::{FORMAT, OpenError};

pub(super) const HEADER: usize = 56;
const MAGIC: &[u8; 8] = b"nomadWAL";

/// What the header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) sequence: u64,
    /// The position of the file's first byte.
    pub(super) base: u64,
    /// The length of the header and the first records, in bytes.
    pub(super) head: u32,
    pub(super) incarnation: u128,
}

/// Returns the file name of segment `sequence`.
pub(super) fn name(sequence: u64) -> String {
    format!("wal-{sequence:016x}.log")
}

/// Returns the sequence of the segment called `name`, if it is one.
pub(super) fn sequence(name: &str) -> Option<u64> {
    let hex = name.strip_prefix("wal-")?.strip_suffix(".log")?;
    if hex.len() == 16 { u64::from_str_radix(hex, 16).ok() } else { None }
}

impl Header {
    pub(super) fn encode(&self) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        bytes[..8].copy_from_slice(MAGIC);
        bytes[8..12].copy_from_slice(&FORMAT.to_le_bytes());
        bytes[12..16].copy_from_slice(&self.head.to_le_bytes());
        bytes[16..32].copy_from_slice(&self.incarnation.to_le_bytes());
        bytes[32..40].copy_from_slice(&self.sequence.to_le_bytes());
        bytes[40..48].copy_from_slice(&self.base.to_le_bytes());
        let crc = crc32fast::hash(&bytes[..48]);
        bytes[48..52].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    /// Reads the header of segment `sequence` of the directory with `incarnation`.
    pub(super) fn decode(bytes: &[u8], sequence: u64, incarnation: u128) -> Result<Self, OpenError> {
        let bad = |offset: u64, reason: &str| OpenError::corrupt(name(sequence), offset, reason);
        let bytes: &[u8; HEADER] = bytes
            .get(..HEADER)
            .and_then(|b| b.try_into().ok())
            .ok_or_else(|| bad(0, "shorter than a header"))?;
        let half = |from: usize| u32::from_le_bytes(bytes[from..from + 4].try_into().expect("four bytes"));
        let word = |from: usize| u64::from_le_bytes(bytes[from..from + 8].try_into().expect("eight bytes"));
        if &bytes[..8] != MAGIC {
            return Err(bad(0, "not a log file"));
        }
        if crc32fast::hash(&bytes[..48]) != half(48) || half(52) != 0 {
            return Err(bad(48, "the header's checksum does not match"));
        }
        if half(8) != FORMAT {
            return Err(OpenError::Format { found: half(8), expected: FORMAT });
        }
        let header = Self {
            head: half(12),
            incarnation: u128::from_le_bytes(bytes[16..32].try_into().expect("sixteen bytes")),
            sequence: word(32),
            base: word(40),
        };
        if header.sequence != sequence {
            return Err(bad(32, "the file carries another file's name"));
        }
        if header.incarnation != incarnation {
            return Err(bad(16, "the file belongs to another data directory"));
        }
        Ok(header)
    }
}
