//! The TCP door.
//!
//! Purpose: accept connections, with TLS when it is configured.
//! Limits: see [`Limits`]; a client above its cap gets a raw 429. A TLS handshake takes 5 s at most.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use http::Request;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tower::Service;
use wire::http::Door;

use super::connection;
use super::limit::{Counter, Limits, Permit};

/// How long a TLS handshake may take (`https_handshake_timeout`).
const HANDSHAKE_LIMIT: Duration = Duration::from_secs(5);
/// Pause after `accept` failed, typically for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// What a client above its cap is told.
const TOO_MANY: &[u8] =
    b"HTTP/1.1 429 Too Many Requests\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n\
    Your IP is issuing too many concurrent connections, please rate limit your calls\n";

/// Settings of a TCP listener.
#[derive(Clone, Debug, Default)]
pub struct TcpConfig {
    /// Caps on connections.
    pub limits: Limits,
    /// TLS settings; `None` for plain HTTP.
    pub tls: Option<Arc<rustls::ServerConfig>>,
}

/// Serves a TCP listener for ever.
pub async fn serve_tcp<S>(listener: TcpListener, config: TcpConfig, service: S)
where
    S: Service<Request<Body>, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    let loopback = listener.local_addr().is_ok_and(|addr| addr.ip().is_loopback());
    let acceptor = config.tls.map(TlsAcceptor::from);
    let counter = Counter::default();
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let permit = counter.admit(peer.ip(), config.limits);
                    let door = Door::Tcp { peer, loopback };
                    connections.spawn(converse(stream, permit, acceptor.clone(), door, service.clone()));
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn converse<S>(
    mut stream: TcpStream,
    permit: Option<Permit>,
    acceptor: Option<TlsAcceptor>,
    door: Door,
    service: S,
) where
    S: Service<Request<Body>, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    let Some(_permit) = permit else {
        // The client is told if it listens; if not, the closed connection says the same.
        let _ = tokio::time::timeout(HANDSHAKE_LIMIT, stream.write_all(TOO_MANY)).await;
        return;
    };
    // Only costs latency where it fails.
    let _ = stream.set_nodelay(true);
    let Some(acceptor) = acceptor else { return connection::serve(stream, service, door).await };
    match tokio::time::timeout(HANDSHAKE_LIMIT, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => connection::serve(stream, service, door).await,
        Ok(Err(error)) => tracing::debug!(%error, peer = ?peer_of(&door), "a TLS handshake failed"),
        Err(_) => tracing::debug!(peer = ?peer_of(&door), "a TLS handshake took too long"),
    }
}

fn peer_of(door: &Door) -> Option<SocketAddr> {
    if let Door::Tcp { peer, .. } = door { Some(*peer) } else { None }
}
