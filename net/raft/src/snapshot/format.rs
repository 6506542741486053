//! The layout of a snapshot file.
//!
//! ```text
//! "nomadSNP" │ format u32 │ length of meta u32 │ meta (MessagePack) │ crc of all so far u32
//! body …
//! body length u64 │ crc of the body u32 │ "endofSNP"
//! ```
//! Limits: the description (`meta`) is at most 1 MiB.

use std::io::{self, Read};

use crate::disk::DiskFile;
use crate::wal::SnapshotMeta;
use crate::{FORMAT, OpenError};

use super::content::Content;

pub(super) const TRAILER: usize = 20;
const MAGIC: &[u8; 8] = b"nomadSNP";
const END: &[u8; 8] = b"endofSNP";
const FIXED: usize = 16;
const MAX_META: usize = 1 << 20;

/// Encodes what stands before the body.
pub(super) fn head(meta: &SnapshotMeta) -> io::Result<Vec<u8>> {
    let text = rmp_serde::to_vec_named(meta).map_err(io::Error::other)?;
    let mut bytes = Vec::with_capacity(FIXED + text.len() + 4);
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&FORMAT.to_le_bytes());
    bytes.extend_from_slice(&(text.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&text);
    let crc = crc32fast::hash(&bytes);
    bytes.extend_from_slice(&crc.to_le_bytes());
    Ok(bytes)
}

/// Encodes what stands behind the body.
pub(super) fn trailer(len: u64, crc: u32) -> [u8; TRAILER] {
    let mut bytes = [0; TRAILER];
    bytes[..8].copy_from_slice(&len.to_le_bytes());
    bytes[8..12].copy_from_slice(&crc.to_le_bytes());
    bytes[12..].copy_from_slice(END);
    bytes
}

/// What a checked file holds.
pub(super) struct Checked {
    pub(super) meta: SnapshotMeta,
    /// Where the body begins, in bytes.
    pub(super) body: u64,
    /// The length of the body, in bytes.
    pub(super) len: u64,
}

/// Reads the whole file called `name` and checks every byte of it.
pub(super) fn check(name: &str, file: &dyn DiskFile) -> Result<Checked, OpenError> {
    let total = file.len().map_err(OpenError::io("read", name))?;
    let bad = |offset: u64, reason: &str| OpenError::corrupt(name, offset, reason);
    let read = |at: u64, len: usize| -> Result<Vec<u8>, OpenError> {
        let mut bytes = vec![0; len];
        let got = file.read_at(&mut bytes, at).map_err(OpenError::io("read", name))?;
        if got == len { Ok(bytes) } else { Err(bad(at + got as u64, "the file ends too early")) }
    };
    let half = |bytes: &[u8]| u32::from_le_bytes(bytes.try_into().expect("four bytes"));

    let fixed = read(0, FIXED)?;
    if &fixed[..8] != MAGIC {
        return Err(bad(0, "not a snapshot"));
    }
    if half(&fixed[8..12]) != FORMAT {
        return Err(OpenError::Format { found: half(&fixed[8..12]), expected: FORMAT });
    }
    let meta_len = half(&fixed[12..16]) as usize;
    if meta_len > MAX_META {
        return Err(bad(12, "its description is too long"));
    }
    let head = read(0, FIXED + meta_len + 4)?;
    if crc32fast::hash(&head[..FIXED + meta_len]) != half(&head[FIXED + meta_len..]) {
        return Err(bad(0, "the checksum of its description does not match"));
    }
    let meta = rmp_serde::from_slice(&head[FIXED..FIXED + meta_len]).map_err(|e| bad(16, &e.to_string()))?;

    let body = head.len() as u64;
    let end = total.checked_sub(TRAILER as u64).filter(|end| *end >= body);
    let end = end.ok_or_else(|| bad(total, "the file ends too early"))?;
    let trailer = read(end, TRAILER)?;
    let len = u64::from_le_bytes(trailer[..8].try_into().expect("eight bytes"));
    if &trailer[12..] != END || len != end - body {
        return Err(bad(end, "its end is damaged"));
    }
    let mut content = Content::new(file, body, len);
    let mut crc = crc32fast::Hasher::new();
    let mut buffer = vec![0; 64 << 10];
    loop {
        match content.read(&mut buffer).map_err(OpenError::io("read", name))? {
            0 => break,
            n => crc.update(&buffer[..n]),
        }
    }
    if crc.finalize() != half(&trailer[8..12]) {
        return Err(bad(body, "the checksum of its content does not match"));
    }
    Ok(Checked { meta, body, len })
}
