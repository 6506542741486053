//! What goes wrong, and when.
//!
//! Limits: one fault begins every 0.2 to 5 s and lasts at most 5 s; several may overlap, all servers may be down at
//! once.

use std::sync::Arc;
use std::time::Duration;

use openraft::AsyncRuntime;
use openraft_rt_sim::SimRuntime;
use raft::disk::{Latency, PowerCut};

use crate::Subject;
use crate::host::Host;
use crate::operator::is_settled;
use crate::world::Stage;

/// Brings faults on the servers.
pub(crate) struct Chaos<S> {
    pub(crate) stage: Arc<Stage>,
    pub(crate) hosts: Vec<Arc<Host<S>>>,
}

#[derive(Clone, Copy, Debug)]
enum Fault {
    CrashAny,
    CrashLeader,
    CrashAll,
    Isolate,
    OneWay,
    Lossy,
    HandOver,
    Snapshot,
    LoseDisk,
    SlowDisk,
}

const FAULTS: [Fault; 13] = [
    Fault::CrashAny,
    Fault::CrashAny,
    Fault::CrashLeader,
    Fault::CrashLeader,
    Fault::CrashAll,
    Fault::Isolate,
    Fault::OneWay,
    Fault::Lossy,
    Fault::HandOver,
    Fault::Snapshot,
    Fault::LoseDisk,
    Fault::LoseDisk,
    Fault::SlowDisk,
];

impl<S: Subject> Chaos<S> {
    /// Brings faults until the virtual time `until`.
    pub(crate) async fn run(self, until: Duration) {
        while self.stage.now() < until && !self.stage.oracle().failed() {
            let pause = self.stage.random(|random| random.micros(200_000..5_000_000));
            SimRuntime::sleep(pause.min(until.saturating_sub(self.stage.now()))).await;
            let (kind, server) = self.stage.random(|random| {
                (
                    random.pick(0..FAULTS.len() as u64) as usize,
                    random.pick(0..self.hosts.len() as u64) as usize,
                )
            });
            self.stage.trace("fault", &[kind as u64, server as u64]);
            self.bring(FAULTS[kind], server).await;
        }
    }

    async fn bring(&self, fault: Fault, server: usize) {
        match fault {
            Fault::CrashAny => self.crash(server),
            Fault::CrashLeader => self.crash(self.leader().unwrap_or(server)),
            Fault::CrashAll => (0..self.hosts.len()).for_each(|server| self.crash(server)),
            Fault::Isolate => self.isolate(server, true).await,
            Fault::OneWay => self.isolate(server, false).await,
            Fault::Lossy => {
                self.stage.set_loss(100);
                self.wait_and_heal().await;
            }
            // A second disk may go only when the first one's server was replaced: no group survives otherwise.
            Fault::LoseDisk if is_settled(&self.stage, &self.hosts) => {
                self.stage.trace("lose disk", &[server as u64]);
                self.crash(server);
                self.hosts[server].replace_disk();
            }
            Fault::LoseDisk => {}
            Fault::SlowDisk => {
                self.hosts[server].slow_down(Latency::overloaded());
                self.wait_and_heal().await;
                self.hosts[server].slow_down(Latency::flash());
            }
            Fault::HandOver => self.hand_over(server).await,
            Fault::Snapshot => {
                if let Some((_, consensus)) = self.stage.running(server) {
                    // A server that is just stopping refuses; nothing is lost by that.
                    let _ = consensus.trigger_snapshot().await;
                }
            }
        }
    }

    fn leader(&self) -> Option<usize> {
        let leads = |server: &usize| {
            self.stage.running(*server).is_some_and(|(_, consensus)| consensus.leadership().current().leading)
        };
        (0..self.hosts.len()).find(leads)
    }

    /// Cuts the power of a server and boots it again, at once or after a while.
    fn crash(&self, server: usize) {
        let (how, down) = self.stage.random(|random| {
            let how = [PowerCut::Random, PowerCut::Random, PowerCut::LoseAll, PowerCut::KeepAll];
            let quick = random.chance(1, 2);
            let down = random.micros(if quick { 1_000..100_000 } else { 100_000..5_000_000 });
            (how[random.pick(0..4) as usize], down)
        });
        let host = self.hosts[server].clone();
        host.crash(how);
        drop(SimRuntime::spawn(async move {
            SimRuntime::sleep(down).await;
            host.boot().await;
        }));
    }

    async fn isolate(&self, server: usize, both_ways: bool) {
        self.stage.count(|report| report.partitions += 1);
        for other in (0..self.hosts.len()).filter(|other| *other != server) {
            self.stage.cut(other, server);
            if both_ways {
                self.stage.cut(server, other);
            }
        }
        self.wait_and_heal().await;
    }

    async fn wait_and_heal(&self) {
        let pause = self.stage.random(|random| random.micros(200_000..5_000_000));
        SimRuntime::sleep(pause).await;
        self.stage.heal();
        self.stage.trace("heal", &[]);
    }

    async fn hand_over(&self, server: usize) {
        let leader = self.leader().and_then(|leader| self.stage.running(leader));
        let (Some((_, leader)), Some(to)) = (leader, self.hosts[server].member()) else { return };
        // Refused when leadership was just lost or `to` leads already.
        let _ = leader.transfer_leadership(to.id).await;
    }
}
