//! Serving HTTP on a connection.
//!
//! Purpose: every stream that the peer opens is one exchange with the router.
//! Limits: at most as many exchanges at a time as the endpoint allows streams; they end with the connection or
//! with the returned future.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use quinn::{RecvStream, SendStream};
use tokio::io::{AsyncRead, ReadBuf};
use tokio::task::JoinSet;
use tower::{Service, ServiceExt};

use super::Door;
use super::headers::MAX_HEAD;
use crate::streams::OpenStream;
use crate::{Client, Connection, Http, Protocol};

/// How long a peer may take to send a request's head.
const HEAD_LIMIT: Duration = Duration::from_secs(10);

/// Protocols whose streams can carry HTTP: `nomad/http` in both directions, and `nomad/client` from the server
/// to the client (in the other direction it carries frames).
pub trait CarriesHttp: Protocol {}

impl CarriesHttp for Http {}
impl CarriesHttp for Client {}

/// Serves HTTP until the connection ends. Every request carries a [`Door`] extension with the peer's identity.
pub async fn accept_loop<P, S>(connection: Connection<P>, service: S)
where
    P: CarriesHttp,
    S: Service<Request<Body>, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    let door = Door::Quic(Arc::new(connection.peer().clone()));
    let mut running = JoinSet::new();
    loop {
        tokio::select! {
            stream = connection.accept_stream() => {
                let Some((send, recv, open)) = stream else { return };
                running.spawn(exchange(send, Counted { recv, _open: open }, service.clone(), door.clone()));
            }
            Some(_) = running.join_next() => {}
        }
    }
}

/// A receiving side that counts as an open stream, also after an upgrade has carried it off.
struct Counted {
    recv: RecvStream,
    _open: OpenStream,
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        AsyncRead::poll_read(Pin::new(&mut self.recv), cx, buf)
    }
}

/// Runs one exchange. A peer may finish its sending side early and still gets its answer, while one that resets
/// the stream or stops reading cancels the handler.
async fn exchange<S>(send: SendStream, recv: Counted, service: S, door: Door)
where
    S: Service<Request<Body>, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    // Taken before the stream is given away: the future does not borrow it.
    let stopped = send.stopped();
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(door.clone());
        service.clone().oneshot(request)
    });
    let mut builder = http1::Builder::new();
    builder
        .keep_alive(false)
        .half_close(true)
        .max_buf_size(MAX_HEAD)
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_LIMIT);
    let io = TokioIo::new(tokio::io::join(recv, send));
    let connection = builder.serve_connection(io, service).with_upgrades();
    let gone = async {
        if let Ok(None) = stopped.await {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        done = connection => if let Err(error) = done {
            tracing::debug!(%error, "an exchange failed");
        },
        () = gone => {}
    }
}
