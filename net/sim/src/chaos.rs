//! What goes wrong, and when.
//!
//! Limits: one fault begins every 0.2 to 5 s and lasts at most 5 s; several may overlap, all servers may be down at
//! once.

use std::sync::Arc;
use std::time::Duration;

use openraft::AsyncRuntime;
use openraft_rt_sim::SimRuntime;
use raft::disk::{Latency, PowerCut};

use crate::operator::is_settled;
use crate::run::Faults;
use crate::subject::{Site, Subject};

/// How long a failing disk is left alone.
const FAILS_FOR: Duration = Duration::from_secs(4);
/// How far clocks jump at most, in milliseconds.
const CLOCK_OFF_MS: u64 = 60_000;

/// Brings faults on the servers.
pub(crate) struct Chaos<S: Subject> {
    pub(crate) site: Arc<Site<S>>,
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
    FailingDisk,
    ClockJump,
}

const FAULTS: [Fault; 15] = [
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
    Fault::FailingDisk,
    Fault::ClockJump,
];

impl<S: Subject> Chaos<S> {
    /// Brings faults until the virtual time `until`.
    pub(crate) async fn run(self, faults: Faults, until: Duration) {
        match faults {
            Faults::Any => self.bring_many(until).await,
            Faults::LeaderCrash => {
                let rest = until.saturating_sub(self.site.stage.now());
                SimRuntime::sleep(rest / 2).await;
                self.bring(Fault::CrashLeader, 0).await;
                SimRuntime::sleep(rest / 2).await;
            }
        }
    }

    async fn bring_many(&self, until: Duration) {
        while self.site.stage.now() < until && !self.site.stage.oracle().failed() {
            let pause = self.site.stage.random(|random| random.micros(200_000..5_000_000));
            SimRuntime::sleep(pause.min(until.saturating_sub(self.site.stage.now()))).await;
            let (kind, server) = self.site.stage.random(|random| {
                (
                    random.pick(0..FAULTS.len() as u64) as usize,
                    random.pick(0..self.site.hosts.len() as u64) as usize,
                )
            });
            self.site.stage.trace("fault", &[kind as u64, server as u64]);
            self.bring(FAULTS[kind], server).await;
        }
    }

    async fn bring(&self, fault: Fault, server: usize) {
        match fault {
            Fault::CrashAny => self.crash(server),
            Fault::CrashLeader => self.crash(self.site.leader().unwrap_or(server)),
            Fault::CrashAll => (0..self.site.hosts.len()).for_each(|server| self.crash(server)),
            Fault::Isolate => self.isolate(server, true).await,
            Fault::OneWay => self.isolate(server, false).await,
            Fault::Lossy => {
                self.site.stage.set_loss(100);
                self.wait_and_heal().await;
            }
            // A second disk may go only when the first one's server was replaced: no group survives otherwise.
            Fault::LoseDisk if is_settled(&self.site.stage, &self.site.hosts) => {
                self.site.stage.trace("lose disk", &[server as u64]);
                self.crash(server);
                self.site.hosts[server].replace_disk();
            }
            Fault::LoseDisk => {}
            Fault::SlowDisk => {
                self.site.hosts[server].slow_down(Latency::overloaded());
                self.wait_and_heal().await;
                self.site.hosts[server].slow_down(Latency::flash());
            }
            Fault::FailingDisk => self.fail_disk(server),
            Fault::ClockJump => {
                let off = self.site.stage.random(|random| random.pick(0..2 * CLOCK_OFF_MS + 1));
                self.site.stage.set_clock(server, off as i64 - CLOCK_OFF_MS as i64);
            }
            Fault::HandOver => self.hand_over(server).await,
            Fault::Snapshot => {
                if let Some((_, consensus)) = self.site.stage.running(server) {
                    // A server that is just stopping refuses; nothing is lost by that.
                    let _ = consensus.trigger_snapshot().await;
                }
            }
        }
    }

    /// Lets every operation of a server's disk fail after some; the host is restarted once its server has stopped, or
    /// after a while.
    fn fail_disk(&self, server: usize) {
        let host = self.site.hosts[server].clone();
        let operations = self.site.stage.random(|random| random.pick(0..200));
        host.fail_disk(operations);
        let site = self.site.clone();
        drop(SimRuntime::spawn(async move {
            SimRuntime::sleep(FAILS_FOR).await;
            if host.is_failing() {
                host.crash(PowerCut::Random);
                host.boot(&site).await;
            }
        }));
    }

    /// Cuts the power of a server and boots it again, at once or after a while.
    fn crash(&self, server: usize) {
        let (how, down) = self.site.stage.random(|random| {
            let how = [PowerCut::Random, PowerCut::Random, PowerCut::LoseAll, PowerCut::KeepAll];
            let quick = random.chance(1, 2);
            let down = random.micros(if quick { 1_000..100_000 } else { 100_000..5_000_000 });
            (how[random.pick(0..4) as usize], down)
        });
        let (site, host) = (self.site.clone(), self.site.hosts[server].clone());
        host.crash(how);
        drop(SimRuntime::spawn(async move {
            SimRuntime::sleep(down).await;
            host.boot(&site).await;
        }));
    }

    async fn isolate(&self, server: usize, both_ways: bool) {
        self.site.stage.count(|report| report.partitions += 1);
        for other in (0..self.site.hosts.len()).filter(|other| *other != server) {
            self.site.stage.cut(other, server);
            if both_ways {
                self.site.stage.cut(server, other);
            }
        }
        self.wait_and_heal().await;
    }

    async fn wait_and_heal(&self) {
        let pause = self.site.stage.random(|random| random.micros(200_000..5_000_000));
        SimRuntime::sleep(pause).await;
        self.site.stage.heal();
        self.site.stage.trace("heal", &[]);
    }

    async fn hand_over(&self, server: usize) {
        let leader = self.site.leader().and_then(|leader| self.site.stage.running(leader));
        let (Some((_, leader)), Some(to)) = (leader, self.site.hosts[server].member()) else { return };
        // Refused when leadership was just lost or `to` leads already.
        let _ = leader.transfer_leadership(to.id).await;
    }
}
