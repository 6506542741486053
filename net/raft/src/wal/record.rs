//! One record of the log, as bytes.
//!
//! ```text
//! crc u32 │ kind u8, length u24 │ position u64 │ durable u64 │ payload … │ zeros up to a multiple of 8
//! ```
//! `position` counts bytes from the beginning of the log, over all segments: a record found at another place is stale.
//! `durable` is the position up to which everything was synced when the record was written: a valid record that says
//! so proves that damage before that point is corruption, not a torn tail. Limits: payloads below 16 MiB.

pub(super) const HEADER: usize = 24;
pub(super) const MAX_PAYLOAD: usize = (1 << 24) - 1;

/// What a record says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Vote = 1,
    Entry = 2,
    Committed = 3,
    Truncate = 4,
    Purge = 5,
}

impl Kind {
    fn from_byte(byte: u8) -> Option<Self> {
        [Self::Vote, Self::Entry, Self::Committed, Self::Truncate, Self::Purge]
            .into_iter()
            .find(|k| *k as u8 == byte)
    }
}

/// A valid record inside a segment's bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record<'a> {
    pub(super) kind: Kind,
    pub(super) payload: &'a [u8],
    pub(super) durable: u64,
    /// Where the next record begins, in bytes of the same slice.
    pub(super) next: usize,
}

/// Returns how many bytes a record with `payload` bytes takes.
pub(super) fn size(payload: usize) -> usize {
    (HEADER + payload).next_multiple_of(8)
}

/// Appends a record to `out`; `fill` appends its payload.
pub(super) fn put<E>(
    out: &mut Vec<u8>,
    kind: Kind,
    position: u64,
    durable: u64,
    fill: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
) -> Result<(), E> {
    let start = out.len();
    out.extend_from_slice(&[0; HEADER]);
    fill(out)?;
    let len = out.len() - start - HEADER;
    assert!(len <= MAX_PAYLOAD, "a record is smaller than 16 MiB");
    out.resize(start + size(len), 0);
    let record = &mut out[start..];
    record[4..8].copy_from_slice(&((kind as u32) << 24 | len as u32).to_le_bytes());
    record[8..16].copy_from_slice(&position.to_le_bytes());
    record[16..24].copy_from_slice(&durable.to_le_bytes());
    let crc = crc32fast::hash(&record[4..HEADER + len]);
    record[..4].copy_from_slice(&crc.to_le_bytes());
    Ok(())
}

/// Returns the record at `at` of `bytes`, if there is a valid one whose position is `position`.
pub(super) fn get(bytes: &[u8], at: usize, position: u64) -> Option<Record<'_>> {
    let header = bytes.get(at..at + HEADER)?;
    let word = |from: usize| u64::from_le_bytes(header[from..from + 8].try_into().expect("eight bytes"));
    let half = |from: usize| u32::from_le_bytes(header[from..from + 4].try_into().expect("four bytes"));
    let kind = Kind::from_byte((half(4) >> 24) as u8)?;
    if word(8) != position {
        return None;
    }
    let len = (half(4) & 0x00ff_ffff) as usize;
    let end = at + HEADER + len;
    let checked = bytes.get(at + 4..end)?;
    if crc32fast::hash(checked) != half(0) {
        return None;
    }
    let next = at + size(len);
    // Padding is no part of the checksum, but a flipped bit in it is damage all the same.
    if next > bytes.len() || bytes[end..next].iter().any(|byte| *byte != 0) {
        return None;
    }
    Some(Record { kind, payload: &bytes[at + HEADER..end], durable: word(16), next })
}
