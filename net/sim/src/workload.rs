//! Clients: they write, follow the leader, and read behind barriers.
//!
//! Limits: each client has one request under way; a write whose outcome is unknown is not repeated.

use std::sync::Arc;
use std::time::Duration;

use openraft::AsyncRuntime;
use openraft_rt_sim::SimRuntime;
use raft::{Barrier, ProposeError};

use crate::observed::command_hash;
use crate::subject::Site;
use crate::{Plant, Subject};

/// One client.
pub(crate) struct Client<S: Subject> {
    pub(crate) number: u64,
    pub(crate) site: Arc<Site<S>>,
}

impl<S: Subject> Client<S> {
    /// Works until the virtual time `until`.
    pub(crate) async fn run(self, until: Duration) {
        let mut server = self.number as usize % self.site.hosts.len();
        let mut count = 0;
        while self.site.stage.now() < until && !self.site.stage.oracle().failed() {
            count += 1;
            if self.site.stage.random(|random| random.chance(1, 10)) {
                self.read().await;
            } else {
                server = self.write(server, count).await;
            }
            let pause = self.site.stage.random(|random| random.micros(S::PAUSE));
            SimRuntime::sleep(pause).await;
        }
    }

    /// Writes once and returns the server to try next.
    async fn write(&self, server: usize, count: u64) -> usize {
        let anybody =
            || self.site.stage.random(|random| random.pick(0..self.site.hosts.len() as u64)) as usize;
        let Some((boot, consensus)) = self.site.stage.running(server) else { return anybody() };
        let command = self.site.stage.random(|random| S::command(random, self.number << 40 | count));
        let hash = command_hash(&command);
        let outcome = consensus.propose(command).await;
        if !self.site.stage.is_on(server, boot) {
            // The answer died with the server.
            return anybody();
        }
        match outcome {
            Ok(committed) => {
                self.site.stage.trace("acknowledge", &[server as u64, committed.index, hash]);
                self.site.stage.oracle().acknowledge(committed.index, hash);
                server
            }
            Err(ProposeError::NotLeader { leader }) => {
                leader.and_then(|leader| leader.info.address.parse().ok()).unwrap_or_else(anybody)
            }
            Err(ProposeError::Unknown) => {
                self.site.stage.count(|report| report.unknown += 1);
                anybody()
            }
            Err(ProposeError::Unavailable | ProposeError::Fatal(_) | ProposeError::Overloaded { .. }) => {
                anybody()
            }
            Err(error @ ProposeError::TooLarge { .. }) => {
                self.site.stage.oracle().violation(format!("a small write was refused: {error}"));
                anybody()
            }
        }
    }

    /// Reads on any server and checks that it has seen every write acknowledged before.
    async fn read(&self) {
        let host = self.site.stage.random(|random| random.pick(0..self.site.hosts.len() as u64)) as usize;
        let Some((boot, consensus)) = self.site.stage.running(host) else { return };
        // All servers share one clock here, so a lease is as good as a quorum.
        let how = if self.site.stage.random(|random| random.chance(1, 2)) {
            Barrier::Lease
        } else {
            Barrier::Quorum
        };
        let before = self.site.stage.oracle().last_acknowledged();
        let read = match self.site.plant {
            Plant::DirtyReads => Ok(0),
            _ => consensus.barrier(how).await,
        };
        if read.is_err() || !self.site.stage.is_on(host, boot) {
            return;
        }
        self.site.stage.count(|report| report.reads += 1);
        let seen = self.site.hosts[host].applied();
        if seen < before {
            let text = format!("a read on server {host} saw {seen}, but {before} had been acknowledged");
            self.site.stage.oracle().violation(text);
        }
    }
}
