//! What can go wrong with a call.
//!
//! Purpose: tell a broken connection (try another server) from a refusal (the peer said no) from a peer that
//! breaks the rules.
//! Limits: refusal texts are cut at 4 KiB.

use serde::{Deserialize, Serialize};

/// Longest refusal text in bytes.
const MAX_REFUSAL: usize = 4096;

/// A frame that breaks the rules or does not arrive.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// The stream broke while reading.
    #[error("the stream broke")]
    Read(#[from] quinn::ReadError),
    /// The stream broke while writing.
    #[error("the stream broke")]
    Write(#[from] quinn::WriteError),
    /// The stream ended inside a frame.
    #[error("the stream ended inside a frame")]
    Truncated,
    /// The frame is larger than allowed.
    #[error("a frame of {len} bytes is above the cap of {cap}")]
    TooLarge {
        /// Length of the frame in bytes.
        len: usize,
        /// What is allowed.
        cap: usize,
    },
    /// The peer speaks another version.
    #[error("the peer speaks version {theirs} of the exchange, this program speaks {ours}")]
    Version {
        /// The peer's version.
        theirs: u8,
        /// Our version.
        ours: u8,
    },
    /// An answer frame of unknown kind.
    #[error("unknown kind of answer {0}")]
    Kind(u8),
    /// A message cannot be encoded.
    #[error("a message cannot be encoded")]
    Encode(#[from] rmp_serde::encode::Error),
    /// A body is not the expected message.
    #[error("a message cannot be decoded")]
    Decode(#[from] rmp_serde::decode::Error),
    /// Nothing came in time.
    #[error("no request frame within 10 s")]
    Slow,
}

/// Why a call has no answer.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The connection has ended; the request may or may not have been seen.
    #[error("the connection has ended")]
    Closed(#[from] quinn::ConnectionError),
    /// The stream broke or carried nonsense.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The peer said no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The peer ended the stream without an answer.
    #[error("the peer ended the stream without an answer")]
    NoAnswer,
}

/// A refusal by the peer's handler.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{text}")]
pub struct Refusal {
    /// What kind of refusal it is; the protocol of the call defines the numbers.
    pub code: u16,
    /// The reason, for people.
    pub text: String,
}

impl Refusal {
    /// Makes a refusal; a text above 4 KiB is cut.
    #[must_use]
    pub fn new(code: u16, text: impl Into<String>) -> Refusal {
        let mut text: String = text.into();
        text.truncate(text.floor_char_boundary(MAX_REFUSAL));
        Refusal { code, text }
    }
}
