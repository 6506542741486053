//! Consensus over QUIC: one call per stream of `nomad/raft`.
//!
//! Limits: at most [`MAX_PEERS`] connections; a request is sent once, to the server it was meant for.

use std::net::ToSocketAddrs;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use raft::{Member, Transport, Unreachable};
use wire::{Endpoint, Expect, Pool, Raft, Region, Target};

/// Largest frame between servers, in bytes: a replication request or a piece of a snapshot.
pub(crate) const RAFT_FRAME: usize = 4 << 20;
/// Connections to other servers of the region.
const MAX_PEERS: usize = 64;

/// Carries requests of consensus to the other servers.
pub(crate) struct QuicTransport {
    pool: Pool<Raft>,
    region: Region,
}

impl QuicTransport {
    pub(crate) fn new(endpoint: Endpoint, region: Region) -> Self {
        Self { pool: Pool::new(endpoint, MAX_PEERS), region }
    }

    async fn send(&self, member: &Member, request: Bytes) -> Result<Bytes, Unreachable> {
        let address = resolve(&member.info.address)?;
        let target = Target { addr: address, expect: Expect::server(self.region.clone()) };
        let connection = self.pool.get(&target).await.map_err(|error| Unreachable::new(chain(&error)))?;
        match wire::frame::call_bytes(&connection, &request, RAFT_FRAME).await {
            Ok(answer) => Ok(Bytes::from(answer)),
            Err(error) => {
                if connection.is_closed() {
                    self.pool.forget(&target);
                }
                Err(Unreachable::new(chain(&error)))
            }
        }
    }
}

impl Transport for QuicTransport {
    fn call<'a>(&'a self, target: &'a Member, request: Bytes) -> BoxFuture<'a, Result<Bytes, Unreachable>> {
        self.send(target, request).boxed()
    }
}

/// The first address that a name stands for.
fn resolve(address: &str) -> Result<std::net::SocketAddr, Unreachable> {
    address
        .to_socket_addrs()
        .map_err(|error| Unreachable::new(format!("cannot resolve {address}: {error}")))?
        .next()
        .ok_or_else(|| Unreachable::new(format!("{address} has no address")))
}

/// An error with its causes in one line.
pub(crate) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text.push_str(": ");
        text.push_str(&next.to_string());
        cause = next.source();
    }
    text
}
