//! Log entries as bytes: a format byte, then MessagePack with named fields.
//!
//! Bounds: an encoded entry has at most [`MAX_ENTRY_BYTES`]; whoever makes larger plans splits them. Format 0
//! may still change; a reader refuses every other one by number.

use crate::Entry;

/// Largest encoded entry in bytes.
pub const MAX_ENTRY_BYTES: usize = 1 << 20;

/// The format that this version writes and reads.
pub const ENTRY_FORMAT: u8 = 0;

/// Why an entry could not be encoded.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// It is too large for the log.
    #[error("log entry of {bytes} bytes exceeds {MAX_ENTRY_BYTES}")]
    TooLarge {
        /// Its encoded size.
        bytes: usize,
    },
    /// A value has no MessagePack form.
    #[error("cannot encode log entry")]
    Format(#[from] rmp_serde::encode::Error),
}

/// Why bytes are no entry.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// There are no bytes.
    #[error("log entry is empty")]
    Empty,
    /// There are too many bytes.
    #[error("log entry of {bytes} bytes exceeds {MAX_ENTRY_BYTES}")]
    TooLarge {
        /// How many.
        bytes: usize,
    },
    /// Another version wrote them.
    #[error("log entry has format {found}, this version reads format {ENTRY_FORMAT}")]
    OtherFormat {
        /// Its format.
        found: u8,
    },
    /// Bytes follow the entry.
    #[error("{bytes} bytes follow the log entry")]
    Trailing {
        /// How many.
        bytes: usize,
    },
    /// They are damaged, or hold a command that this version does not know.
    #[error("cannot decode log entry")]
    Format(#[from] rmp_serde::decode::Error),
}

/// Encodes an entry.
///
/// # Errors
/// [`EncodeError::TooLarge`] names the size, by which the caller decides how to split.
pub fn encode(entry: &Entry) -> Result<Vec<u8>, EncodeError> {
    let mut bytes = vec![ENTRY_FORMAT];
    rmp_serde::encode::write_named(&mut bytes, entry)?;
    if bytes.len() > MAX_ENTRY_BYTES {
        return Err(EncodeError::TooLarge { bytes: bytes.len() });
    }
    Ok(bytes)
}

/// Decodes an entry, which must be all of `bytes`.
///
/// # Errors
/// [`DecodeError`] says what is wrong; nothing is skipped or guessed.
pub fn decode(bytes: &[u8]) -> Result<Entry, DecodeError> {
    let (&format, rest) = bytes.split_first().ok_or(DecodeError::Empty)?;
    if bytes.len() > MAX_ENTRY_BYTES {
        return Err(DecodeError::TooLarge { bytes: bytes.len() });
    }
    if format != ENTRY_FORMAT {
        return Err(DecodeError::OtherFormat { found: format });
    }
    let mut rest = rest;
    let entry = rmp_serde::from_read(&mut rest)?;
    if rest.is_empty() { Ok(entry) } else { Err(DecodeError::Trailing { bytes: rest.len() }) }
}
