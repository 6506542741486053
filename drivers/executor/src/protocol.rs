//! Requests to a running executor: a length, then an envelope; one answer per request.
//!
//! Bounds: a frame has at most 64 KiB.

use std::io::{self, Read, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;

use serde::Deserialize;

use crate::envelope::{self, EnvelopeError};
use crate::state_file::State;
use crate::usage::Usage;

/// The largest frame, in bytes.
pub(crate) const MAX_FRAME: usize = 64 << 10;

/// What an agent may ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// The state, as in the state file.
    Status,
    /// Sends `signal`, and kills everything `timeout_ms` later, whether or not the agent still lives.
    Stop {
        /// Signal number.
        signal: i32,
        /// Grace in milliseconds; 0 kills at once.
        timeout_ms: u64,
    },
    /// Sends a signal to the task's first process.
    Signal(i32),
    /// What the task uses now.
    Stats,
    /// Runs a command in the task. Three descriptors come along: its standard streams. The connection then belongs to
    /// the command: it carries its end, and hanging up kills it.
    Exec(Command),
}

/// A command to run in a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// Absolute paths of the program, as the task sees them; the first that is there is run.
    pub candidates: Vec<String>,
    /// Arguments, with the program's name first.
    pub args: Vec<String>,
    /// Variables besides the task's own.
    pub env: Vec<(String, String)>,
    /// Whether its streams are a terminal.
    pub terminal: bool,
}

/// How a command in a task ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandExit {
    /// Its exit code; 0 when a signal killed it.
    pub code: i32,
    /// The signal that killed it; 0 otherwise.
    pub signal: i32,
}

/// What an executor answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Response {
    /// To [`Request::Status`].
    Status(State),
    /// The request was carried out.
    Done,
    /// To [`Request::Stats`].
    Stats(Usage),
    /// The request cannot be carried out; the text says why.
    Refused(String),
    /// To [`Request::Exec`], once the command has ended.
    Exited(CommandExit),
}

/// Failure to exchange a frame.
#[derive(Debug, thiserror::Error)]
pub enum ProtocolError {
    /// The connection failed.
    #[error("connection to the executor failed")]
    Io(#[from] io::Error),
    /// A frame announces more than the bound.
    #[error("frame of {0} bytes is larger than {MAX_FRAME}")]
    TooLarge(usize),
    /// A frame does not decode.
    #[error("unreadable frame")]
    Envelope(#[from] EnvelopeError),
}

/// Encodes one frame.
///
/// # Errors
/// [`ProtocolError::TooLarge`] above the bound of `limit` bytes.
pub(crate) fn frame<T: Serialize>(value: &T, limit: usize) -> Result<Vec<u8>, ProtocolError> {
    let body = envelope::encode(value)?;
    if body.len() > limit {
        return Err(ProtocolError::TooLarge(body.len()));
    }
    let length = u32::try_from(body.len()).map_err(|_| ProtocolError::TooLarge(body.len()))?;
    let mut bytes = length.to_be_bytes().to_vec();
    bytes.extend_from_slice(&body);
    Ok(bytes)
}

/// Writes one frame.
///
/// # Errors
/// As [`frame`], and failures of the writer.
pub(crate) fn send<T: Serialize>(mut to: impl Write, value: &T, limit: usize) -> Result<(), ProtocolError> {
    Ok(to.write_all(&frame(value, limit)?)?)
}

/// Reads one frame.
///
/// # Errors
/// A frame that is too large or does not decode, and failures of the reader.
pub(crate) fn receive<T: DeserializeOwned>(mut from: impl Read, limit: usize) -> Result<T, ProtocolError> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length) as usize;
    if length > limit {
        return Err(ProtocolError::TooLarge(length));
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body)?;
    Ok(envelope::decode(&body)?)
}

/// Takes the first whole frame out of `buffer`, if there is one.
///
/// # Errors
/// As [`receive`]; the connection is then of no more use.
pub(crate) fn take<T: DeserializeOwned>(buffer: &mut Vec<u8>) -> Result<Option<T>, ProtocolError> {
    let Some((length, rest)) = buffer.split_first_chunk::<4>() else { return Ok(None) };
    let length = u32::from_be_bytes(*length) as usize;
    if length > MAX_FRAME {
        return Err(ProtocolError::TooLarge(length));
    }
    let Some(body) = rest.get(..length) else { return Ok(None) };
    let value = envelope::decode(body)?;
    buffer.drain(..4 + length);
    Ok(Some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_taken_whole_and_in_order() {
        let stop = Request::Stop { signal: 2, timeout_ms: 5_000 };
        let mut bytes = frame(&stop, MAX_FRAME).expect("frame");
        bytes.extend(frame(&Request::Stats, MAX_FRAME).expect("frame"));
        let mut buffer = Vec::new();
        let mut taken = Vec::new();
        for byte in bytes {
            buffer.push(byte);
            while let Some(request) = take::<Request>(&mut buffer).expect("take") {
                taken.push(request);
            }
        }
        assert_eq!(taken, [stop, Request::Stats]);
        assert!(buffer.is_empty());
    }

    #[test]
    fn an_oversized_frame_is_refused_before_it_is_read() {
        let mut buffer = u32::MAX.to_be_bytes().to_vec();
        assert!(matches!(take::<Request>(&mut buffer), Err(ProtocolError::TooLarge(_))));
        let input: &[u8] = &u32::MAX.to_be_bytes();
        assert!(matches!(receive::<Request>(input, MAX_FRAME), Err(ProtocolError::TooLarge(_))));
    }
}
