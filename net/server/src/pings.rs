//! Signs of life of clients, passed on to the leader in batches: they never enter the log.
//!
//! A client's connection sends a ping of QUIC every second and repeats a lost one at once, so liveness is read from the
//! connections' counters: it costs the server a packet, and no stream, task or message. Limits: one look, and one batch,
//! every [`LOOK`]; a batch has each connected node once at most.

use std::sync::Arc;
use std::time::Duration;

use crate::clients::Clients;
use crate::leader_call::Calls;
use crate::protocol::PeerRequest;
use crate::store::Store;

/// Time between two looks at the connections: the longest time that a sign of life waits here.
const LOOK: Duration = Duration::from_millis(250);

/// Passes batches on until the server stops.
pub(crate) async fn run(clients: Arc<Clients>, store: Arc<Store>, calls: Calls) {
    loop {
        tokio::time::sleep(LOOK).await;
        let alive = clients.alive(&store.snapshot());
        if !alive.is_empty()
            && let Err(error) = calls.leader(PeerRequest::Pings(alive)).await
        {
            tracing::debug!(error, "a batch of pings was lost");
        }
    }
}
