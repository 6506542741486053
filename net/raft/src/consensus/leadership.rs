//! Who leads, and learning when that changes.
//!
//! Limits: a watch may skip what came and went between two looks, but never the last state; a server that leads again
//! does so in a higher term, so nobody can miss that it had lost leadership.

use futures::FutureExt;
use futures::future::BoxFuture;
use openraft::AsyncRuntime;
use openraft::async_runtime::WatchReceiver;
use openraft::metrics::RaftServerMetrics;
use openraft::type_config::alias::WatchReceiverOf;

use super::node::{Node, fatal};
use crate::engine::{Raft, Types};
use crate::{FatalError, Member, ServerId};

/// Who leads in which term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leadership {
    /// The term.
    pub term: u64,
    /// The leader, if one is known.
    pub leader: Option<Member>,
    /// Whether it is this server. A quorum may not have acknowledged it yet: use a barrier before relying on it.
    pub leading: bool,
}

/// Follows who leads.
pub struct LeaderWatch {
    feed: Box<dyn Feed>,
}

impl LeaderWatch {
    /// Returns who leads now.
    #[must_use]
    pub fn current(&self) -> Leadership {
        self.feed.current()
    }

    /// Waits until that differs from what was last returned here and returns it.
    ///
    /// # Errors
    /// Fails when consensus has stopped for good.
    pub async fn changed(&mut self) -> Result<Leadership, FatalError> {
        self.feed.changed().await
    }
}

trait Feed: Send {
    fn current(&self) -> Leadership;
    fn changed(&mut self) -> BoxFuture<'_, Result<Leadership, FatalError>>;
}

struct MetricsFeed<Rt: AsyncRuntime> {
    raft: Raft<Rt>,
    server: WatchReceiverOf<Types<Rt>, RaftServerMetrics<Types<Rt>>>,
    last: Option<Leadership>,
}

impl<Rt: AsyncRuntime> Feed for MetricsFeed<Rt> {
    fn current(&self) -> Leadership {
        // The guard blocks consensus: it must not live longer than the clone.
        let metrics = self.server.borrow_watched().clone();
        leadership(&metrics)
    }

    fn changed(&mut self) -> BoxFuture<'_, Result<Leadership, FatalError>> {
        async move {
            loop {
                let now = self.current();
                if self.last.as_ref() != Some(&now) {
                    self.last = Some(now.clone());
                    return Ok(now);
                }
                if self.server.changed().await.is_err() {
                    let metrics = self.raft.metrics();
                    let state = metrics.borrow_watched().running_state.clone();
                    return Err(state.err().map_or(FatalError::Panicked, fatal));
                }
            }
        }
        .boxed()
    }
}

impl<Rt: AsyncRuntime> Node<Rt> {
    /// Returns a watch whose first change is the present state.
    pub(super) fn watch_leadership(&self) -> LeaderWatch {
        let (raft, server) = (self.raft.clone(), self.raft.server_metrics());
        LeaderWatch { feed: Box::new(MetricsFeed::<Rt> { raft, server, last: None }) }
    }
}

fn leadership<Rt: AsyncRuntime>(metrics: &RaftServerMetrics<Types<Rt>>) -> Leadership {
    let find = |id: ServerId| {
        let info = metrics.membership_config.membership().get_node(&id)?.clone();
        Some(Member { id, info })
    };
    Leadership {
        term: metrics.vote.leader_id.term,
        leader: metrics.current_leader.and_then(find),
        leading: metrics.state.is_leader(),
    }
}
