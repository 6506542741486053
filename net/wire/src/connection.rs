//! Connections by protocol.
//!
//! Purpose: an established, admitted connection whose protocol is part of its type.
//! Limits: opens no streams by itself; `frame` and `http` do. At most [`EndpointConfig::max_streams`] streams a
//! peer may hold open; further ones wait.
//!
//! [`EndpointConfig::max_streams`]: crate::EndpointConfig::max_streams

use std::marker::PhantomData;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use quinn::{RecvStream, SendStream};

use crate::streams::{Allowance, OpenStream};
use crate::{Alpn, Client, Gossip, Http, Peer, PeerIdentity, Protocol, Raft};

/// Application code of an orderly close.
pub(crate) const CLOSE_DONE: u32 = 0;
/// Application code of a peer that was refused; the reason is text for people.
pub(crate) const CLOSE_REFUSED: u32 = 1;

/// An established connection that speaks protocol `P`. Clones share it; it closes when the last one is dropped.
pub struct Connection<P: Protocol> {
    quic: quinn::Connection,
    peer: Arc<PeerIdentity>,
    allowance: Arc<Allowance>,
    protocol: PhantomData<fn() -> P>,
}

impl<P: Protocol> Clone for Connection<P> {
    fn clone(&self) -> Connection<P> {
        Connection {
            quic: self.quic.clone(),
            peer: self.peer.clone(),
            allowance: self.allowance.clone(),
            protocol: PhantomData,
        }
    }
}

impl<P: Protocol> std::fmt::Debug for Connection<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection")
            .field("alpn", &P::ALPN.name())
            .field("peer", &self.peer.dns_name())
            .field("addr", &self.remote_address())
            .finish()
    }
}

impl<P: Protocol> Connection<P> {
    /// Wraps a connection after `admission` has let the peer in.
    pub(crate) fn new(quic: quinn::Connection, peer: PeerIdentity, max_streams: u32) -> Connection<P> {
        let allowance = Arc::new(Allowance::new(max_streams));
        Connection { quic, peer: Arc::new(peer), allowance, protocol: PhantomData }
    }

    /// Waits for the peer to open a stream; `None` when the connection has ended. One task only may accept.
    pub(crate) async fn accept_stream(&self) -> Option<(SendStream, RecvStream, OpenStream)> {
        let (send, recv) = self.quic.accept_bi().await.ok()?;
        let (open, granted) = self.allowance.opened();
        if let Some(granted) = granted {
            self.quic.set_max_concurrent_bi_streams(granted);
        }
        Some((send, recv, open))
    }

    pub(crate) fn quic(&self) -> &quinn::Connection {
        &self.quic
    }

    /// Returns who the peer is.
    #[must_use]
    pub fn peer(&self) -> &PeerIdentity {
        &self.peer
    }

    /// Returns the peer's present address.
    #[must_use]
    pub fn remote_address(&self) -> SocketAddr {
        self.quic.remote_address()
    }

    /// Returns the present estimate of the round trip time.
    #[must_use]
    pub fn round_trip(&self) -> Duration {
        self.quic.rtt()
    }

    /// Returns how many frames the peer has sent that prove that it is alive: pings, acknowledgements and data.
    #[must_use]
    pub fn signs_of_life(&self) -> u64 {
        let frames = self.quic.stats().frame_rx;
        frames.ping + frames.acks + frames.stream
    }

    /// Tells whether the connection has ended.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.quic.close_reason().is_some()
    }

    /// Waits for the end of the connection and returns its reason as text.
    pub async fn closed(&self) -> String {
        self.quic.closed().await.to_string()
    }

    /// Ends the connection; streams in flight fail on both sides with this reason.
    pub fn close(&self, reason: &str) {
        self.quic.close(CLOSE_DONE.into(), reason.as_bytes());
    }
}

impl Connection<Gossip> {
    /// Largest datagram in bytes that fits into one packet now; `None` when the peer takes none.
    #[must_use]
    pub fn max_datagram_size(&self) -> Option<usize> {
        self.quic.max_datagram_size()
    }

    /// Sends an unreliable datagram; the oldest waiting one is dropped when the buffer is full.
    pub fn send_datagram(&self, data: Bytes) -> Result<(), quinn::SendDatagramError> {
        self.quic.send_datagram(data)
    }

    /// Waits for a datagram.
    pub async fn read_datagram(&self) -> Result<Bytes, quinn::ConnectionError> {
        self.quic.read_datagram().await
    }
}

/// A connection that a peer opened, by protocol.
#[derive(Debug)]
pub enum Accepted {
    /// A server of this region, for consensus.
    Raft(Connection<Raft>),
    /// A server of this region, for shared work.
    Peer(Connection<Peer>),
    /// A client agent of this region.
    Client(Connection<Client>),
    /// A server of any region, for membership.
    Gossip(Connection<Gossip>),
    /// Anybody with a certificate, for HTTP.
    Http(Connection<Http>),
}

impl Accepted {
    /// Gives an admitted connection the type of its protocol.
    pub(crate) fn new(alpn: Alpn, quic: quinn::Connection, peer: PeerIdentity, max_streams: u32) -> Accepted {
        match alpn {
            Alpn::Raft => Accepted::Raft(Connection::new(quic, peer, max_streams)),
            Alpn::Peer => Accepted::Peer(Connection::new(quic, peer, max_streams)),
            Alpn::Client => Accepted::Client(Connection::new(quic, peer, max_streams)),
            Alpn::Gossip => Accepted::Gossip(Connection::new(quic, peer, max_streams)),
            Alpn::Http => Accepted::Http(Connection::new(quic, peer, max_streams)),
        }
    }
}
