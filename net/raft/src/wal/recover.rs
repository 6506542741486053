//! Reads the log again after a start.
//!
//! ```text
//! all segments but the last: every byte must be right, and the next one must begin where it ends
//! the last: right up to its last record; behind that, a torn tail may be cut off, unless a later record proves that
//!           what is damaged had been synced
//! ```
//! Limits: one segment is in memory at a time. Segments older than a gap in their sequence are leftovers of a purge
//! whose removal was not durable, and go.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::index::Place;
use super::replay::LogState;
use super::segment::{self, Header};
use super::{record, segment::HEADER};
use crate::OpenError;
use crate::disk::{Disk, DiskFile, read_all};

/// An unfinished write at the end of the log, which was cut off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Torn {
    /// The file.
    pub(crate) file: String,
    /// Where the whole records end, in bytes.
    pub(crate) offset: u64,
}

/// What was found.
pub(super) struct Recovered {
    pub(super) state: LogState,
    pub(super) files: BTreeMap<u64, Arc<dyn DiskFile>>,
    /// The sequence of the next segment.
    pub(super) next: u64,
    /// The position of the next segment's first byte.
    pub(super) base: u64,
    pub(super) torn: Option<Torn>,
}

/// Reads everything, cuts a torn tail off and returns the state.
pub(super) async fn recover(
    disk: &dyn Disk,
    incarnation: u128,
    cache_bytes: usize,
) -> Result<Recovered, OpenError> {
    let sequences = tidy(disk)?;
    let state = LogState::new(cache_bytes);
    let mut found = Recovered { state, files: BTreeMap::new(), next: 1, base: 0, torn: None };
    let last = sequences.last().copied();
    let mut ended = 0;
    for (i, sequence) in sequences.into_iter().enumerate() {
        let name = segment::name(sequence);
        let file = disk.open(&name).map_err(OpenError::io("open", &name))?;
        let bytes = read_all(file.as_ref()).map_err(OpenError::io("read", &name))?;
        let header = Header::decode(&bytes, sequence, incarnation)?;
        if i > 0 && header.base != found.base {
            let reason = format!("the log ends there, but {name} begins at position {}", header.base);
            return Err(OpenError::corrupt(segment::name(sequence - 1), ended, reason));
        }
        let end = replay(&mut found.state, &header, &bytes)?;
        ended = end as u64;
        if end < bytes.len() {
            let dirty = check_tail(&header, &bytes, end)?;
            if dirty && Some(sequence) != last {
                return Err(OpenError::corrupt(name, end as u64, "the record there is damaged"));
            }
            file.truncate(end as u64).map_err(OpenError::io("truncate", &name))?;
            file.sync().await.map_err(OpenError::io("sync", &name))?;
            found.torn = dirty.then(|| Torn { file: name.clone(), offset: end as u64 });
        }
        found.base = header.base + end as u64;
        found.next = sequence + 1;
        found.files.insert(sequence, file);
    }
    settle(&mut found)?;
    Ok(found)
}

/// Removes leftovers and returns the sequences of the segments that count, in order.
fn tidy(disk: &dyn Disk) -> Result<Vec<u64>, OpenError> {
    let names = disk.list().map_err(OpenError::io("list", "."))?;
    let mut sequences: Vec<u64> = names.iter().filter_map(|name| segment::sequence(name)).collect();
    sequences.sort_unstable();
    let gap = (1..sequences.len()).rev().find(|i| sequences[*i] != sequences[i - 1] + 1).unwrap_or(0);
    let leftovers = sequences.drain(..gap).map(segment::name);
    let unfinished = names.into_iter().filter(|name| name.starts_with("wal-") && name.ends_with(".tmp"));
    for name in leftovers.chain(unfinished) {
        disk.remove(&name).map_err(OpenError::io("remove", &name))?;
    }
    Ok(sequences)
}

/// Applies the valid records of a segment and returns where they end.
fn replay(state: &mut LogState, header: &Header, bytes: &[u8]) -> Result<usize, OpenError> {
    let mut at = HEADER;
    while let Some(found) = record::get(bytes, at, header.base + at as u64) {
        let place = Place { segment: header.sequence, offset: at as u64, len: found.payload.len() as u32 };
        state
            .replay(found.kind, found.payload, place)
            .map_err(|reason| OpenError::corrupt(segment::name(header.sequence), at as u64, reason))?;
        at = found.next;
    }
    if at < header.head as usize {
        return Err(OpenError::corrupt(
            segment::name(header.sequence),
            at as u64,
            "the record there is damaged",
        ));
    }
    Ok(at)
}

/// Looks behind the last valid record for a proof that it was not the last one; returns whether anything is there.
fn check_tail(header: &Header, bytes: &[u8], end: usize) -> Result<bool, OpenError> {
    let mut dirty = false;
    for at in (end..bytes.len().saturating_sub(7)).step_by(8) {
        if bytes[at..at + 8] == [0; 8] {
            continue;
        }
        dirty = true;
        let proof = record::get(bytes, at, header.base + at as u64);
        if proof.is_some_and(|later| later.durable > header.base + end as u64) {
            return Err(OpenError::corrupt(
                segment::name(header.sequence),
                end as u64,
                "the record there is damaged, and a later one proves that it was durable",
            ));
        }
    }
    Ok(dirty)
}

fn settle(found: &mut Recovered) -> Result<(), OpenError> {
    let state = &mut found.state;
    if let Some(missing) = state.settle() {
        let oldest = found.files.keys().next().copied().unwrap_or(0);
        let reason = format!("entry {missing} is missing: an older log file was removed");
        return Err(OpenError::corrupt(segment::name(oldest), 0, reason));
    }
    Ok(())
}
