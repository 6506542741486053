//! Consensus over QUIC: one call per stream of `nomad/raft`.
//!
//! Limits: at most [`MAX_PEERS`] connections; a request is sent once, to the server it was meant for.

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use raft::{Member, Transport, Unreachable};
use wire::{Endpoint, Expect, Pool, Raft, Region, Target, with_causes};

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
        let resolved = wire::resolve(&member.info.address).await;
        let addr = resolved.map_err(|error| Unreachable::new(with_causes(&error)))?;
        let target = Target { addr, expect: Expect::server(self.region.clone()) };
        let connection =
            self.pool.get(&target).await.map_err(|error| Unreachable::new(with_causes(&error)))?;
        match wire::frame::call_bytes(&connection, &request, RAFT_FRAME).await {
            Ok(answer) => Ok(Bytes::from(answer)),
            Err(error) => {
                if connection.is_closed() {
                    self.pool.forget(&target);
                }
                Err(Unreachable::new(with_causes(&error)))
            }
        }
    }
}

impl Transport for QuicTransport {
    fn call<'a>(&'a self, target: &'a Member, request: Bytes) -> BoxFuture<'a, Result<Bytes, Unreachable>> {
        self.send(target, request).boxed()
    }
}
