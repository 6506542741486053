//! One connection over a byte stream.
//!
//! Purpose: HTTP/1.1 with upgrades on any stream, the same for TCP, TLS and unix sockets.
//! Limits: heads of 64 KiB within 120 s; a client that goes away cancels its handler.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tower::{Service, ServiceExt};
use wire::http::Door;

/// Largest request head in bytes.
const MAX_HEAD: usize = 64 << 10;
/// How long a client may take to send it, and how long an idle connection is kept.
const HEAD_LIMIT: Duration = Duration::from_secs(120);

/// Serves a connection until it ends.
pub(super) async fn serve<S, I>(io: I, service: S, door: Door)
where
    S: Service<Request<Body>, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(door.clone());
        service.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .max_buf_size(MAX_HEAD)
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_LIMIT)
        .serve_connection(TokioIo::new(io), service)
        .with_upgrades();
    if let Err(error) = connection.await {
        tracing::debug!(%error, "a connection has ended early");
    }
}
