//! The callee's side.
//!
//! Purpose: take the streams that a peer opens on a connection and run a handler for each.
//! Limits: handlers run beside each other, at most as many as the endpoint allows streams; a handler ends when
//! its caller goes away, when the connection ends, or when the returned future is dropped.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use quinn::{RecvStream, SendStream};
use serde::Serialize;
use tokio::task::JoinSet;

use super::{FrameError, Refusal, Request, codec};
use crate::endpoint::VERSION;
use crate::{Connection, Protocol};

/// How long a caller may take to send its request.
const REQUEST_LIMIT: Duration = Duration::from_secs(10);

/// Answers the requests of one protocol.
pub trait Handler<R: Request>: Send + Sync + 'static {
    /// Handles one request: sends one answer, or several, or refuses.
    fn handle(
        &self,
        request: R,
        answer: &mut Answer<R::Response>,
    ) -> impl Future<Output = Result<(), Refusal>> + Send;
}

/// Where a handler sends its answers.
#[derive(Debug)]
pub struct Answer<T> {
    stream: SendStream,
    cap: usize,
    message: PhantomData<fn(T)>,
}

impl<T: Serialize> Answer<T> {
    /// Sends one answer; waits while the caller does not read.
    pub async fn send(&mut self, message: &T) -> Result<(), FrameError> {
        let body = rmp_serde::to_vec_named(message)?;
        codec::write_answer(&mut self.stream, &body, self.cap).await
    }
}

/// Serves typed calls until the connection ends; frames have at most `cap` bytes.
pub async fn serve<R, H>(connection: Connection<R::Protocol>, cap: usize, handler: Arc<H>)
where
    R: Request,
    H: Handler<R>,
{
    streams(&connection, |send, mut recv| {
        let handler = handler.clone();
        async move {
            let body = request(&mut recv, cap).await?;
            let request: R = rmp_serde::from_slice(&body)?;
            drop(body);
            let mut answer = Answer { stream: send, cap, message: PhantomData };
            if let Err(refusal) = handler.handle(request, &mut answer).await {
                codec::write_refusal(&mut answer.stream, &refusal).await?;
            }
            Ok(answer.stream)
        }
    })
    .await;
}

/// Serves calls of opaque bytes until the connection ends; frames have at most `cap` bytes.
pub async fn serve_bytes<P, F, Fut>(connection: Connection<P>, cap: usize, handler: F)
where
    P: Protocol,
    F: Fn(Vec<u8>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Vec<u8>, Refusal>> + Send,
{
    let handler = Arc::new(handler);
    streams(&connection, |mut send, mut recv| {
        let handler = handler.clone();
        async move {
            let body = request(&mut recv, cap).await?;
            match handler(body).await {
                Ok(body) => codec::write_answer(&mut send, &body, cap).await?,
                Err(refusal) => codec::write_refusal(&mut send, &refusal).await?,
            }
            Ok(send)
        }
    })
    .await;
}

/// Runs `exchange` for every stream that the peer opens.
async fn streams<P, F, Fut>(connection: &Connection<P>, exchange: F)
where
    P: Protocol,
    F: Fn(SendStream, RecvStream) -> Fut,
    Fut: Future<Output = Result<SendStream, FrameError>> + Send + 'static,
{
    let mut running = JoinSet::new();
    loop {
        tokio::select! {
            stream = connection.accept_stream() => {
                let Some((send, recv, open)) = stream else { return };
                let stopped = send.stopped();
                let exchange = exchange(send, recv);
                running.spawn(async move {
                    let _open = open;
                    tokio::select! {
                        done = exchange => finish(done),
                        () = gone(stopped) => {}
                    }
                });
            }
            Some(_) = running.join_next() => {}
        }
    }
}

fn finish(done: Result<SendStream, FrameError>) {
    match done {
        // Fails only when the peer has stopped the stream.
        Ok(mut send) => drop(send.finish()),
        Err(error) => tracing::debug!(%error, "a call was dropped"),
    }
}

/// Ends when the peer no longer wants the answer.
async fn gone(stopped: impl Future<Output = Result<Option<quinn::VarInt>, quinn::StoppedError>>) {
    if let Ok(None) = stopped.await {
        std::future::pending::<()>().await;
    }
}

async fn request(stream: &mut RecvStream, cap: usize) -> Result<Vec<u8>, FrameError> {
    let read = async {
        let version = codec::read_version(stream).await?;
        if version != VERSION {
            return Err(FrameError::Version { theirs: version, ours: VERSION });
        }
        codec::read(stream, cap).await?.ok_or(FrameError::Truncated)
    };
    tokio::time::timeout(REQUEST_LIMIT, read).await.unwrap_or(Err(FrameError::Slow))
}
