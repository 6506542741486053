//! Pings of clients, passed on to the leader in batches: they never enter the log.
//!
//! Limits: one batch every [`FLUSH`]; nodes that wait for it are a set, so a node counts once.

use std::collections::BTreeSet;
use std::time::Duration;

use model::{Nanos, NodeId};
use tokio::sync::mpsc;

use crate::leader_call::Calls;
use crate::protocol::PeerRequest;

/// Longest time that a ping waits here.
const FLUSH: Duration = Duration::from_millis(200);
/// Pings that may wait for the batch to be taken.
const QUEUE: usize = 65_536;

/// Where pings go.
#[derive(Clone)]
pub(crate) struct Pings(mpsc::Sender<NodeId>);

impl Pings {
    /// How often a client pings.
    pub(crate) const EVERY: Nanos = Nanos::from_millis(1_000);

    /// A queue of pings, and what [`run`] reads them from.
    pub(crate) fn queue() -> (Self, mpsc::Receiver<NodeId>) {
        let (sender, receiver) = mpsc::channel(QUEUE);
        (Self(sender), receiver)
    }

    /// Notes that a node is alive.
    pub(crate) async fn add(&self, node: NodeId) {
        // The receiver ends with the server only.
        let _ = self.0.send(node).await;
    }
}

/// Passes batches on until the server stops.
pub(crate) async fn run(mut pings: mpsc::Receiver<NodeId>, calls: Calls) {
    while let Some(first) = pings.recv().await {
        tokio::time::sleep(FLUSH).await;
        let mut nodes = BTreeSet::from([first]);
        while let Ok(node) = pings.try_recv() {
            nodes.insert(node);
        }
        let batch = PeerRequest::Pings(nodes.into_iter().collect());
        if let Err(error) = calls.leader(batch).await {
            tracing::debug!(error, "a batch of pings was lost");
        }
    }
}
