//! Versioned envelopes of everything that two builds of the binary may exchange: a magic, a version, postcard.
//!
//! Bounds: at most 4 MiB. A version that is not known is refused by number, never guessed.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The version that this build writes.
pub(crate) const VERSION: u8 = 1;
/// The largest envelope, in bytes.
pub(crate) const MAX_BYTES: usize = 4 << 20;

const MAGIC: [u8; 3] = *b"NXE";

/// Why an envelope cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum EnvelopeError {
    /// It does not start as an envelope does.
    #[error("not an executor envelope")]
    Magic,
    /// Another build wrote it.
    #[error("executor envelope of version {found}; this build reads version {VERSION}")]
    Version {
        /// The version found.
        found: u8,
    },
    /// It is larger than the bound.
    #[error("executor envelope of {0} bytes is larger than {MAX_BYTES}")]
    TooLarge(usize),
    /// Its content does not decode.
    #[error("executor envelope is damaged")]
    Damaged(#[source] postcard::Error),
}

/// Encodes a value.
///
/// # Errors
/// [`EnvelopeError::TooLarge`] above the bound.
pub(crate) fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, EnvelopeError> {
    let mut bytes = MAGIC.to_vec();
    bytes.push(VERSION);
    let bytes = postcard::to_extend(value, bytes).map_err(EnvelopeError::Damaged)?;
    if bytes.len() > MAX_BYTES { Err(EnvelopeError::TooLarge(bytes.len())) } else { Ok(bytes) }
}

/// Decodes what [`encode`] wrote.
///
/// # Errors
/// Each way in which the bytes can be wrong.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, EnvelopeError> {
    if bytes.len() > MAX_BYTES {
        return Err(EnvelopeError::TooLarge(bytes.len()));
    }
    let rest = bytes.strip_prefix(&MAGIC).ok_or(EnvelopeError::Magic)?;
    let (version, body) = rest.split_first().ok_or(EnvelopeError::Magic)?;
    if *version != VERSION {
        return Err(EnvelopeError::Version { found: *version });
    }
    postcard::from_bytes(body).map_err(EnvelopeError::Damaged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_envelopes_of_this_version_are_read() {
        let bytes = encode(&("text".to_owned(), 7_u32)).expect("encode");
        assert_eq!(decode::<(String, u32)>(&bytes).expect("decode"), ("text".to_owned(), 7));
        for length in 0..bytes.len() {
            assert!(decode::<(String, u32)>(&bytes[..length]).is_err(), "cut at {length}");
        }
        let mut other = bytes.clone();
        other[3] = 9;
        assert!(matches!(decode::<(String, u32)>(&other), Err(EnvelopeError::Version { found: 9 })));
        other[0] = b'x';
        assert!(matches!(decode::<(String, u32)>(&other), Err(EnvelopeError::Magic)));
    }
}
