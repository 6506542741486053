//! Frames as bytes.
//!
//! Purpose: read and write length-prefixed frames on QUIC streams.
//! Limits: the cap is checked before a body is read, and memory grows with the bytes that arrive, not with the
//! length that the peer claims.

use quinn::{ReadExactError, RecvStream, SendStream};

use super::{FrameError, Refusal};
use crate::endpoint::VERSION;

/// Room that a frame gets before its first byte arrives.
const FIRST_ROOM: usize = 64 << 10;
const KIND_ANSWER: u8 = 0;
const KIND_REFUSAL: u8 = 1;
/// Largest refusal frame in bytes: its text has 4 KiB at most.
const REFUSAL_CAP: usize = 8 << 10;
/// Bytes of the length prefix.
const PREFIX: usize = 4;

/// Writes a request frame.
pub(super) async fn write_request(
    stream: &mut SendStream,
    body: &[u8],
    cap: usize,
) -> Result<(), FrameError> {
    let mut head = [VERSION; 1 + PREFIX];
    head[1..].copy_from_slice(&prefix(body.len(), cap)?);
    stream.write_all(&head).await?;
    Ok(stream.write_all(body).await?)
}

/// Writes an answer frame.
pub(super) async fn write_answer(stream: &mut SendStream, body: &[u8], cap: usize) -> Result<(), FrameError> {
    write_kind(stream, KIND_ANSWER, body, cap).await
}

/// Writes a refusal frame.
pub(super) async fn write_refusal(stream: &mut SendStream, refusal: &Refusal) -> Result<(), FrameError> {
    let body = rmp_serde::to_vec_named(refusal)?;
    write_kind(stream, KIND_REFUSAL, &body, REFUSAL_CAP).await
}

async fn write_kind(stream: &mut SendStream, kind: u8, body: &[u8], cap: usize) -> Result<(), FrameError> {
    let mut head = [kind; PREFIX + 1];
    head[..PREFIX].copy_from_slice(&prefix(body.len() + 1, cap.saturating_add(1))?);
    stream.write_all(&head).await?;
    Ok(stream.write_all(body).await?)
}

fn prefix(len: usize, cap: usize) -> Result<[u8; PREFIX], FrameError> {
    if len > cap {
        return Err(FrameError::TooLarge { len, cap });
    }
    let len = u32::try_from(len).map_err(|_| FrameError::TooLarge { len, cap: u32::MAX as usize })?;
    Ok(len.to_be_bytes())
}

/// Reads the version byte that opens a request.
pub(super) async fn read_version(stream: &mut RecvStream) -> Result<u8, FrameError> {
    let mut version = [0];
    stream.read_exact(&mut version).await.map_err(truncated)?;
    Ok(version[0])
}

/// Reads one frame; `None` when the stream ended before it.
pub(super) async fn read(stream: &mut RecvStream, cap: usize) -> Result<Option<Vec<u8>>, FrameError> {
    let Some(len) = read_len(stream).await? else { return Ok(None) };
    read_body(stream, len, cap).await.map(Some)
}

/// Reads one answer frame: the body of an answer, a refusal, or `None` at the end.
pub(super) async fn read_answer(
    stream: &mut RecvStream,
    cap: usize,
) -> Result<Option<Result<Vec<u8>, Refusal>>, FrameError> {
    let Some(len) = read_len(stream).await? else { return Ok(None) };
    let len = len.checked_sub(1).ok_or(FrameError::Truncated)?;
    let mut kind = [0];
    stream.read_exact(&mut kind).await.map_err(truncated)?;
    match kind[0] {
        KIND_ANSWER => Ok(Some(Ok(read_body(stream, len, cap).await?))),
        KIND_REFUSAL => Ok(Some(Err(rmp_serde::from_slice(&read_body(stream, len, REFUSAL_CAP).await?)?))),
        kind => Err(FrameError::Kind(kind)),
    }
}

async fn read_len(stream: &mut RecvStream) -> Result<Option<usize>, FrameError> {
    let mut prefix = [0; PREFIX];
    match stream.read_exact(&mut prefix).await {
        Ok(()) => Ok(Some(u32::from_be_bytes(prefix) as usize)),
        Err(ReadExactError::FinishedEarly(0)) => Ok(None),
        Err(error) => Err(truncated(error)),
    }
}

async fn read_body(stream: &mut RecvStream, len: usize, cap: usize) -> Result<Vec<u8>, FrameError> {
    if len > cap {
        return Err(FrameError::TooLarge { len, cap });
    }
    let mut body = Vec::with_capacity(len.min(FIRST_ROOM));
    while body.len() < len {
        let chunk = stream.read_chunk(len - body.len(), true).await?.ok_or(FrameError::Truncated)?;
        body.extend_from_slice(&chunk.bytes);
    }
    Ok(body)
}

fn truncated(error: ReadExactError) -> FrameError {
    match error {
        ReadExactError::FinishedEarly(_) => FrameError::Truncated,
        ReadExactError::ReadError(error) => FrameError::Read(error),
    }
}
