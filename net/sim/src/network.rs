//! The network between the servers: delays, overtaking, losses, repetitions, partitions.
//!
//! Limits: a request that is lost is never answered, so that only the caller's deadline ends it; the other side goes on
//! when a caller gives up, as it would over a real network.

use std::sync::Arc;

use bytes::Bytes;
use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::{BoxFuture, pending};
use openraft::AsyncRuntime;
use openraft_rt_sim::SimRuntime;
use raft::{Member, Transport, Unreachable};

use crate::random::digest;
use crate::world::Stage;

/// One way takes this long, in microseconds.
const DELAY: std::ops::Range<u64> = 100..2_100;

/// One of so many messages comes late.
const LATE_ONE_IN: u64 = 400;
/// By so much, in microseconds: later ones overtake it.
const LATE: std::ops::Range<u64> = 10_000..1_500_000;
/// One of so many requests arrives twice.
const TWICE_ONE_IN: u64 = 300;

/// The network as one server sees it.
pub(crate) struct Port {
    pub(crate) stage: Arc<Stage>,
    pub(crate) server: usize,
    pub(crate) boot: u64,
}

impl Transport for Port {
    fn call<'a>(&'a self, target: &'a Member, request: Bytes) -> BoxFuture<'a, Result<Bytes, Unreachable>> {
        self.exchange(target, request).boxed()
    }
}

impl Port {
    async fn exchange(&self, target: &Member, request: Bytes) -> Result<Bytes, Unreachable> {
        let to: usize = target.info.address.parse().map_err(|_| Unreachable::new("no such address"))?;
        self.stage.count(|report| report.requests += 1);
        self.stage.trace("send", &[self.server as u64, to as u64, digest(0, &request)]);
        self.travel(self.server, to).await;
        let Some((boot, consensus)) = self.stage.running(to) else {
            return Err(Unreachable::new("switched off"));
        };
        if self.stage.random(|random| random.chance(1, TWICE_ONE_IN)) {
            self.deliver_again(to, boot, request.clone());
        }
        let (sender, receiver) = oneshot::channel();
        drop(SimRuntime::spawn(async move {
            // The caller may have given up.
            let _ = sender.send(consensus.handle(request).await);
        }));
        let answer = receiver.await.map_err(|_| Unreachable::new("no answer"))?;
        if !self.stage.is_on(to, boot) || !self.stage.is_on(self.server, self.boot) {
            return pending().await;
        }
        self.travel(to, self.server).await;
        self.stage.trace("answer", &[to as u64, self.server as u64, digest(0, &answer)]);
        Ok(answer)
    }

    /// Delivers a copy of a request some time later; nobody waits for its answer.
    fn deliver_again(&self, to: usize, boot: u64, request: Bytes) {
        let (stage, late) = (Arc::clone(&self.stage), self.stage.random(|random| random.micros(LATE)));
        drop(SimRuntime::spawn(async move {
            SimRuntime::sleep(late).await;
            if let Some((_, consensus)) = stage.running(to).filter(|running| running.0 == boot) {
                drop(consensus.handle(request).await);
            }
        }));
    }

    /// Waits until a message has arrived; for ever if it does not.
    pub(crate) async fn travel(&self, from: usize, to: usize) {
        let delay = self.stage.random(|random| {
            let late = random.chance(1, LATE_ONE_IN);
            random.micros(if late { LATE } else { DELAY })
        });
        let lost = self.stage.loses();
        SimRuntime::sleep(delay).await;
        if lost || self.stage.is_cut(from, to) || !self.stage.is_on(self.server, self.boot) {
            pending::<()>().await;
        }
    }
}
