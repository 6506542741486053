//! Where a request came in.
//!
//! Purpose: put as an extension on every request, so that guards and handlers can tell a browser on the network
//! from a server of the cluster.
//! Limits: says who is connected, not who asks; that is the token's business.

use std::net::SocketAddr;
use std::sync::Arc;

use crate::PeerIdentity;

/// The door through which a request entered the agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Door {
    /// The TCP listener.
    Tcp {
        /// The other end.
        peer: SocketAddr,
        /// Whether the listener itself is bound to a loopback address.
        loopback: bool,
    },
    /// A unix socket.
    Unix,
    /// A QUIC connection of an authenticated peer.
    Quic(Arc<PeerIdentity>),
}

impl Door {
    /// Returns the peer's identity when it came over QUIC.
    #[must_use]
    pub fn quic_peer(&self) -> Option<&PeerIdentity> {
        match self {
            Door::Quic(peer) => Some(peer),
            Door::Tcp { .. } | Door::Unix => None,
        }
    }
}
