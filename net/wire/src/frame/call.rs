//! The caller's side.
//!
//! Purpose: send a request on a fresh stream and read its answer or answers.
//! Limits: one stream per call, nothing is sent twice; the caller sets time limits around the future, and
//! dropping it cancels the call on both sides.

use std::marker::PhantomData;

use quinn::RecvStream;
use serde::de::DeserializeOwned;

use super::{CallError, FrameError, Request, codec};
use crate::{Connection, Protocol};

/// Sends opaque bytes and returns the opaque answer; both have at most `cap` bytes.
pub async fn call_bytes<P: Protocol>(
    connection: &Connection<P>,
    body: &[u8],
    cap: usize,
) -> Result<Vec<u8>, CallError> {
    let mut stream = send(connection, body, cap).await?;
    codec::read_answer(&mut stream, cap).await?.ok_or(CallError::NoAnswer)?.map_err(CallError::Refused)
}

/// Sends a request and returns its single answer; request and answer have at most `cap` bytes encoded.
pub async fn call<R: Request>(
    connection: &Connection<R::Protocol>,
    request: &R,
    cap: usize,
) -> Result<R::Response, CallError> {
    call_stream(connection, request, cap).await?.next().await?.ok_or(CallError::NoAnswer)
}

/// Sends a request and returns its answers as they come; each has at most `cap` bytes encoded.
pub async fn call_stream<R: Request>(
    connection: &Connection<R::Protocol>,
    request: &R,
    cap: usize,
) -> Result<Answers<R::Response>, CallError> {
    let body = rmp_serde::to_vec_named(request).map_err(FrameError::Encode)?;
    let stream = send(connection, &body, cap).await?;
    Ok(Answers { stream, cap, message: PhantomData })
}

/// The answers of one call. Dropping it tells the other side to stop.
#[derive(Debug)]
pub struct Answers<T> {
    stream: RecvStream,
    cap: usize,
    message: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> Answers<T> {
    /// Waits for the next answer; `None` when the other side has finished.
    pub async fn next(&mut self) -> Result<Option<T>, CallError> {
        match codec::read_answer(&mut self.stream, self.cap).await? {
            Some(Ok(body)) => Ok(Some(rmp_serde::from_slice(&body).map_err(FrameError::Decode)?)),
            Some(Err(refusal)) => Err(CallError::Refused(refusal)),
            None => Ok(None),
        }
    }
}

async fn send<P: Protocol>(
    connection: &Connection<P>,
    body: &[u8],
    cap: usize,
) -> Result<RecvStream, CallError> {
    let (mut send, recv) = connection.quic().open_bi().await?;
    codec::write_request(&mut send, body, cap).await?;
    // Fails only when the peer has stopped the stream, which the answer tells better.
    let _ = send.finish();
    Ok(recv)
}
