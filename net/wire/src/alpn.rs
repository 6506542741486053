//! The protocols that share an agent's UDP port.
//!
//! Purpose: the names that the TLS handshake negotiates, as an enum.
//! Limits: who may speak which is decided in `admission`; what they say in `frame`, `http` and the callers.

use std::fmt;

/// One protocol of the endpoint, as TLS negotiates it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Alpn {
    /// `nomad/raft`: consensus between the servers of one region.
    Raft,
    /// `nomad/peer`: evaluations, plans and node liveness between the servers of one region.
    Peer,
    /// `nomad/client`: registration, heartbeats, allocations and status between a client and a server.
    Client,
    /// `nomad/gossip`: membership, between servers of all regions.
    Gossip,
    /// `nomad/http`: one HTTP/1.1 exchange per stream.
    Http,
}

impl Alpn {
    /// Every protocol, in the order of preference.
    pub const ALL: [Alpn; 5] = [Alpn::Raft, Alpn::Peer, Alpn::Client, Alpn::Gossip, Alpn::Http];

    /// Returns the name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Alpn::Raft => "nomad/raft",
            Alpn::Peer => "nomad/peer",
            Alpn::Client => "nomad/client",
            Alpn::Gossip => "nomad/gossip",
            Alpn::Http => "nomad/http",
        }
    }

    /// Reads the name that a handshake negotiated.
    #[must_use]
    pub fn from_wire(name: &[u8]) -> Option<Alpn> {
        Alpn::ALL.into_iter().find(|alpn| alpn.name().as_bytes() == name)
    }
}

impl fmt::Display for Alpn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
