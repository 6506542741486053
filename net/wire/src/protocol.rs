//! The protocols as types.
//!
//! Purpose: `Connection<Raft>` and `Connection<Client>` are different types, so a message of one cannot be sent
//! or decoded on the other.
//! Limits: these types have no values; they only mark connections and requests.

use crate::Alpn;

mod sealed {
    pub trait Sealed {}
}

/// A protocol that an endpoint speaks. Implemented by the markers of this module and by nothing else.
pub trait Protocol: sealed::Sealed + Send + Sync + 'static {
    /// The protocol's name in the handshake.
    const ALPN: Alpn;
}

macro_rules! protocol {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $name {}

        impl sealed::Sealed for $name {}

        impl Protocol for $name {
            const ALPN: Alpn = Alpn::$name;
        }
    };
}

protocol!(
    /// Consensus between the servers of one region.
    Raft
);
protocol!(
    /// Work shared between the servers of one region.
    Peer
);
protocol!(
    /// A client agent's connection to its server.
    Client
);
protocol!(
    /// Membership between servers of all regions.
    Gossip
);
protocol!(
    /// HTTP/1.1, one exchange per stream.
    Http
);
