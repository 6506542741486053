//! Clients: they write, follow the leader, and read behind barriers.
//!
//! Limits: each client has one request under way; a write whose outcome is unknown is not repeated.

use std::sync::Arc;
use std::time::Duration;

use openraft::AsyncRuntime;
use openraft_rt_sim::SimRuntime;
use raft::{Barrier, ProposeError};

use crate::Subject;
use crate::host::Host;
use crate::observed::command_hash;
use crate::world::Stage;

/// One client.
pub(crate) struct Client<S> {
    pub(crate) number: u64,
    pub(crate) stage: Arc<Stage>,
    pub(crate) hosts: Vec<Arc<Host<S>>>,
}

impl<S: Subject> Client<S> {
    /// Works until the virtual time `until`.
    pub(crate) async fn run(self, until: Duration) {
        let mut server = self.number as usize % self.hosts.len();
        let mut count = 0;
        while self.stage.now() < until && !self.stage.oracle().failed() {
            count += 1;
            if self.stage.random(|random| random.chance(1, 10)) {
                self.read().await;
            } else {
                server = self.write(server, count).await;
            }
            let pause = self.stage.random(|random| random.micros(500..20_000));
            SimRuntime::sleep(pause).await;
        }
    }

    /// Writes once and returns the server to try next.
    async fn write(&self, server: usize, count: u64) -> usize {
        let anybody = || self.stage.random(|random| random.pick(0..self.hosts.len() as u64)) as usize;
        let Some((boot, consensus)) = self.stage.running(server) else { return anybody() };
        let command = self.stage.random(|random| S::command(random, self.number << 40 | count));
        let hash = command_hash(&command);
        let outcome = consensus.propose(command).await;
        if !self.stage.is_on(server, boot) {
            // The answer died with the server.
            return anybody();
        }
        match outcome {
            Ok(committed) => {
                self.stage.trace("acknowledge", &[server as u64, committed.index, hash]);
                self.stage.oracle().acknowledge(committed.index, hash);
                server
            }
            Err(ProposeError::NotLeader { leader }) => {
                leader.and_then(|leader| leader.info.address.parse().ok()).unwrap_or_else(anybody)
            }
            Err(ProposeError::Unknown) => {
                self.stage.count(|report| report.unknown += 1);
                anybody()
            }
            Err(ProposeError::Unavailable | ProposeError::Fatal(_) | ProposeError::Overloaded { .. }) => {
                anybody()
            }
            Err(error @ ProposeError::TooLarge { .. }) => {
                self.stage.oracle().violation(format!("a small write was refused: {error}"));
                anybody()
            }
        }
    }

    /// Reads on any server and checks that it has seen every write acknowledged before.
    async fn read(&self) {
        let host = self.stage.random(|random| random.pick(0..self.hosts.len() as u64)) as usize;
        let Some((boot, consensus)) = self.stage.running(host) else { return };
        // All servers share one clock here, so a lease is as good as a quorum.
        let how =
            if self.stage.random(|random| random.chance(1, 2)) { Barrier::Lease } else { Barrier::Quorum };
        let before = self.stage.oracle().last_acknowledged();
        let read = consensus.barrier(how).await;
        if read.is_err() || !self.stage.is_on(host, boot) {
            return;
        }
        self.stage.count(|report| report.reads += 1);
        let seen = self.hosts[host].applied();
        if seen < before {
            let text = format!("a read on server {host} saw {seen}, but {before} had been acknowledged");
            self.stage.oracle().violation(text);
        }
    }
}
