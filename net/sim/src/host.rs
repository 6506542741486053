//! One simulated host: a disk that survives, and the server that runs on it from boot to boot.
//!
//! Limits: a crash is a power cut at one instant: nothing of the old boot reaches disk, network or oracle after it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use openraft::AsyncRuntime;
use openraft_rt_sim::SimRuntime;
use raft::disk::{Latency, ModelDisk, PowerCut};
use raft::{Barrier, Config, Consensus, Member, NodeInfo};

use crate::Plant;
use crate::network::Port;
use crate::observed::Observed;
use crate::run::Options;
use crate::subject::{Boot, Site, Subject};
use crate::world::Stage;

/// How long it takes until a host whose disk failed is started again.
const REPAIR: Duration = Duration::from_millis(500);

/// A host that runs `S`.
pub(crate) struct Host<S> {
    pub(crate) server: usize,
    stage: Arc<Stage>,
    disk: Mutex<ModelDisk<SimRuntime>>,
    options: Options,
    machine: Mutex<Option<Arc<Observed<S>>>>,
    /// Whether the disk fails, so that the server may stop by itself.
    failing: AtomicBool,
}

impl<S: Subject> Host<S> {
    pub(crate) fn new(stage: Arc<Stage>, server: usize, options: Options) -> Arc<Self> {
        let disk = Mutex::new(blank_disk(&stage, options));
        Arc::new(Self {
            server,
            stage,
            disk,
            options,
            machine: Mutex::new(None),
            failing: AtomicBool::new(false),
        })
    }

    /// Boots the server; does nothing when it is on.
    pub(crate) async fn boot(&self, site: &Arc<Site<S>>) {
        let Some(boot) = self.stage.switch_on(self.server) else { return };
        self.stage.trace("boot", &[self.server as u64, boot]);
        let machine = Arc::new(Observed::new(
            S::empty(self.options.plant, self.server),
            self.stage.clone(),
            self.server,
            boot,
        ));
        *self.machine.lock().unwrap_or_else(PoisonError::into_inner) = Some(machine.clone());
        let port = Port { stage: self.stage.clone(), server: self.server, boot };
        let disk = Arc::new(self.disk().reopen());
        let started =
            Consensus::start_on::<SimRuntime>(self.config(), disk, machine.clone(), Arc::new(port)).await;
        match started {
            Ok(consensus) if self.stage.is_on(self.server, boot) => {
                self.watch(boot, consensus.clone(), site);
                self.count_elections(consensus.clone());
                self.stage.announce(self.server, consensus.clone());
                let (site, server) = (site.clone(), self.server);
                S::start(Boot { site, server, number: boot, consensus, machine });
            }
            // It crashed while it started.
            Ok(ghost) => ghost.shutdown().await,
            Err(_) if !self.stage.is_on(self.server, boot) => {}
            Err(_) if self.is_failing() => {
                // The disk broke while it started: it is started again, with what the disk kept.
                self.crash(PowerCut::Random);
                let (site, host) = (site.clone(), site.hosts[self.server].clone());
                drop(SimRuntime::spawn(host.boot_later(site)));
            }
            Err(error) => {
                self.stage.oracle().violation(format!("server {} cannot start: {error:?}", self.server));
            }
        }
    }

    fn boot_later(self: Arc<Self>, site: Arc<Site<S>>) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            SimRuntime::sleep(REPAIR).await;
            self.boot(&site).await;
        })
    }

    /// Reports a server that stops by itself, unless its disk fails: then it is started again.
    fn watch(&self, boot: u64, consensus: Consensus, site: &Arc<Site<S>>) {
        let (stage, server, site) = (self.stage.clone(), self.server, site.clone());
        drop(SimRuntime::spawn(async move {
            let reason = consensus.fatal().await;
            if stage.is_on(server, boot) {
                let host = &site.hosts[server];
                if host.is_failing() {
                    host.crash(PowerCut::Random);
                    return host.clone().boot_later(site.clone()).await;
                }
                stage.oracle().violation(format!("server {server} stopped: {reason}"));
            }
        }));
    }

    /// Counts every term in which this server leads, and begins it as the shell of `net/server` does.
    fn count_elections(&self, consensus: Consensus) {
        let stage = self.stage.clone();
        drop(SimRuntime::spawn(async move {
            let mut watch = consensus.leadership();
            while let Ok(change) = watch.changed().await {
                if change.leading {
                    stage.elected(change.term);
                    drop(SimRuntime::spawn(finish_change(consensus.clone(), change.term)));
                }
            }
        }));
    }

    /// Ends the running boot at once; unsynced data meets the fate that `how` says.
    pub(crate) fn crash(&self, how: PowerCut) {
        self.stage.trace("crash", &[self.server as u64]);
        self.stage.count(|report| report.crashes += 1);
        let running = self.stage.switch_off(self.server);
        self.disk().cut(how);
        self.failing.store(false, Ordering::Relaxed);
        if let Some(consensus) = running {
            // Its tasks are ghosts: they reach nothing any more and only have to end.
            drop(SimRuntime::spawn(async move { consensus.shutdown().await }));
        }
    }

    /// Lets the disk fail after so many more operations, until the next crash.
    pub(crate) fn fail_disk(&self, operations: u64) {
        self.stage.trace("fail disk", &[self.server as u64, operations]);
        self.failing.store(true, Ordering::Relaxed);
        self.disk().fail_after(operations);
    }

    pub(crate) fn is_failing(&self) -> bool {
        self.failing.load(Ordering::Relaxed)
    }

    /// Changes how long the disk's syncs take.
    pub(crate) fn slow_down(&self, latency: Latency) {
        self.disk().set_latency(latency);
    }

    /// Replaces the disk of a server that is switched off: the next boot is a new server at the old address.
    pub(crate) fn replace_disk(&self) {
        self.stage.trace("replace", &[self.server as u64]);
        self.stage.count(|report| report.replaced += 1);
        *self.disk() = blank_disk(&self.stage, self.options);
    }

    fn disk(&self) -> MutexGuard<'_, ModelDisk<SimRuntime>> {
        self.disk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the last index that the machine has applied.
    pub(crate) fn applied(&self) -> u64 {
        self.machine().map_or(0, |machine| machine.index())
    }

    /// Returns the machine of the newest boot.
    pub(crate) fn machine(&self) -> Option<Arc<Observed<S>>> {
        self.machine.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns this server as a member of the group, once it runs.
    pub(crate) fn member(&self) -> Option<Member> {
        let (_, consensus) = self.stage.running(self.server)?;
        Some(Member { id: consensus.id(), info: self.info() })
    }

    fn info(&self) -> NodeInfo {
        NodeInfo {
            name: format!("s{}", self.server),
            address: self.server.to_string(),
            http_address: String::new(),
        }
    }

    fn config(&self) -> Config {
        let mut config = Config::production("global", "sim", self.info());
        config.segment_bytes = 64 << 10;
        config.cache_bytes = 32 << 10;
        config.replication_bytes = 32 << 10;
        config.snapshot_entries = 500;
        config.keep_entries = 50;
        config.chunk_bytes = 1000;
        config.timing.snapshot = Duration::from_secs(2);
        config.plant_leader_restore = self.options.plant == Plant::LeaderRestore;
        config
    }
}

/// Ends a change of the group that the last leader left half done.
async fn finish_change(consensus: Consensus, term: u64) {
    const PAUSE: Duration = Duration::from_millis(5);
    while consensus.leadership().current().term == term {
        if consensus.barrier(Barrier::Lease).await.is_ok() {
            return consensus.finish_change(term).await;
        }
        SimRuntime::sleep(PAUSE).await;
    }
}

fn blank_disk(stage: &Stage, options: Options) -> ModelDisk<SimRuntime> {
    let disk = ModelDisk::new(stage.random(|random| random.number()), Latency::flash());
    match options.plant {
        Plant::LyingDisks => disk.lie(),
        Plant::UnsyncedNames => disk.lie_about_names(),
        _ => {}
    }
    disk
}
