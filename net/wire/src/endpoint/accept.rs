//! Accepting connections.
//!
//! Purpose: handshakes run beside each other; what comes out is admitted and typed by protocol.
//! Limits: at most `max_half_open` handshakes at a time, 5 s each; a refused peer is told why and closed.

use std::net::SocketAddr;

use quinn::crypto::rustls::HandshakeData;
use tokio::task::JoinSet;

use super::Endpoint;
use super::hello;
use crate::connection::CLOSE_REFUSED;
use crate::{Accepted, AdmissionError, Alpn, IdentityError, PeerIdentity, Region, admit};

/// Yields the connections that peers open. Dropping it ends handshakes in progress.
#[derive(Debug)]
pub struct Listener {
    endpoint: Endpoint,
    handshakes: JoinSet<Option<Accepted>>,
}

/// Why a peer that reached the port was turned away.
#[derive(Debug, thiserror::Error)]
enum RejectError {
    #[error("the handshake failed: {0}")]
    Handshake(#[from] quinn::ConnectionError),
    #[error("the handshake took too long")]
    Slow,
    #[error("no protocol was negotiated")]
    NoProtocol,
    #[error(transparent)]
    Identity(#[from] IdentityError),
    #[error(transparent)]
    Admission(#[from] AdmissionError),
}

impl Listener {
    pub(super) fn new(endpoint: Endpoint) -> Listener {
        Listener { endpoint, handshakes: JoinSet::new() }
    }

    /// Returns the next admitted connection; `None` when the endpoint was closed. Cancel safe.
    pub async fn next(&mut self) -> Option<Accepted> {
        loop {
            tokio::select! {
                Some(done) = self.handshakes.join_next() => {
                    if let Ok(Some(accepted)) = done {
                        return Some(accepted);
                    }
                }
                incoming = self.endpoint.quic.accept() => self.start(incoming?),
            }
        }
    }

    fn start(&mut self, incoming: quinn::Incoming) {
        let half_open = self.handshakes.len();
        if half_open >= self.endpoint.config.max_half_open {
            incoming.refuse();
            return;
        }
        if half_open >= self.endpoint.config.retry_above && !incoming.remote_address_validated() {
            // An address without a token may always be asked to retry, so this cannot fail.
            let _ = incoming.retry();
            return;
        }
        let addr = incoming.remote_address();
        let own = self.endpoint.secrets().identity.region.clone();
        let max_streams = self.endpoint.config.max_streams;
        self.handshakes.spawn(async move {
            let accepted = handshake(incoming, &own, max_streams).await;
            accepted.inspect_err(|error| log_rejected(addr, error)).ok()
        });
    }
}

async fn handshake(
    incoming: quinn::Incoming,
    own: &Region,
    max_streams: u32,
) -> Result<Accepted, RejectError> {
    let connection = tokio::time::timeout(hello::LIMIT, incoming).await.map_err(|_| RejectError::Slow)??;
    match identify(&connection, own) {
        Ok((alpn, peer)) => {
            hello::send(&connection).await?;
            Ok(Accepted::new(alpn, connection, peer, max_streams))
        }
        Err(error) => {
            connection.close(CLOSE_REFUSED.into(), error.to_string().as_bytes());
            Err(error)
        }
    }
}

fn identify(connection: &quinn::Connection, own: &Region) -> Result<(Alpn, PeerIdentity), RejectError> {
    let data = connection.handshake_data().and_then(|data| data.downcast::<HandshakeData>().ok());
    let alpn = data.and_then(|data| data.protocol).as_deref().and_then(Alpn::from_wire);
    let alpn = alpn.ok_or(RejectError::NoProtocol)?;
    let peer = PeerIdentity::of_connection(connection)?;
    admit(own, alpn, &peer)?;
    Ok((alpn, peer))
}

fn log_rejected(addr: SocketAddr, error: &RejectError) {
    tracing::warn!(%addr, %error, "a connection was refused");
}
