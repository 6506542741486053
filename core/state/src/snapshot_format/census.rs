//! What a written state consists of, without reading its records.
//!
//! Limits: frames are skipped by their sizes; only their heads are looked at.

use std::io::{self, Read};

use super::ReadError;
use super::frame::{Head, Kind, check_start};

/// How much of one kind a written state holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Census {
    /// What it is, such as `Node`.
    pub kind: &'static str,
    /// How many rows.
    pub rows: u64,
    /// Their size, in bytes.
    pub bytes: u64,
}

/// Counts the rows of a state that was written, largest kind first; kinds without rows are left out.
///
/// # Errors
/// [`ReadError`] when the input fails, is no state, or ends too early.
pub fn census(input: &mut dyn Read) -> Result<Vec<Census>, ReadError> {
    check_start(input)?;
    let mut counts: Vec<Census> = Vec::new();
    loop {
        let head = Head::read(input)?;
        let skipped = io::copy(&mut input.take(u64::from(head.bytes)), &mut io::sink())?;
        if skipped < u64::from(head.bytes) {
            return Err(ReadError::Incomplete);
        }
        if head.kind == Kind::End {
            counts.sort_by(|left, right| right.bytes.cmp(&left.bytes).then(left.kind.cmp(right.kind)));
            return Ok(counts);
        }
        let kind = head.kind.name();
        let bytes = u64::from(head.bytes);
        match counts.iter_mut().find(|count| count.kind == kind) {
            Some(count) => {
                count.rows += u64::from(head.rows);
                count.bytes += bytes;
            }
            None => counts.push(Census { kind, rows: u64::from(head.rows), bytes }),
        }
    }
}
