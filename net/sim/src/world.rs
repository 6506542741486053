//! The stage on which everything happens: who is on, who reaches whom, chance, the oracle, the trace.
//!
//! Limits: shared by all tasks of one simulation, which run one at a time; its locks are never held across an await.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use openraft::async_runtime::Instant;
use openraft_rt_sim::SimInstant;
use raft::Consensus;

use crate::oracle::Oracle;
use crate::random::Random;
use crate::report::Report;
use crate::trace::Trace;

/// What all tasks of a simulation share.
pub(crate) struct Stage {
    start: SimInstant,
    inner: Mutex<Inner>,
    oracle: Mutex<Oracle>,
}

struct Inner {
    random: Random,
    trace: Trace,
    report: Report,
    servers: Vec<Slot>,
    /// The highest term that was led.
    term: u64,
    /// One message of so many thousand is lost.
    loss: u64,
}

#[derive(Default)]
struct Slot {
    /// Counts starts; an older boot is a ghost.
    boot: u64,
    on: bool,
    consensus: Option<Consensus>,
    /// Servers that this one cannot reach.
    cut_from: Vec<usize>,
    /// How far its clock has jumped, in milliseconds.
    clock_off: i64,
}

/// The usual loss, in thousandths.
pub(crate) const USUAL_LOSS: u64 = 2;

impl Stage {
    pub(crate) fn new(seed: u64, servers: usize) -> Arc<Self> {
        let inner = Inner {
            random: Random::new(seed),
            trace: Trace::default(),
            report: Report { seed, ..Report::default() },
            servers: (0..servers).map(|_| Slot::default()).collect(),
            term: 0,
            loss: USUAL_LOSS,
        };
        Arc::new(Self { start: SimInstant::now(), inner: Mutex::new(inner), oracle: Mutex::default() })
    }

    /// Returns the virtual time since the beginning.
    pub(crate) fn now(&self) -> Duration {
        SimInstant::now() - self.start
    }

    pub(crate) fn oracle(&self) -> MutexGuard<'_, Oracle> {
        self.oracle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn random<T>(&self, choose: impl FnOnce(&mut Random) -> T) -> T {
        choose(&mut self.lock().random)
    }

    pub(crate) fn trace(&self, what: &str, about: &[u64]) {
        let now = self.now();
        self.lock().trace.add(now, what, about);
    }

    pub(crate) fn count(&self, add: impl FnOnce(&mut Report)) {
        add(&mut self.lock().report);
    }

    /// Notes that somebody leads in `term`.
    pub(crate) fn elected(&self, term: u64) {
        let mut inner = self.lock();
        if term > inner.term {
            inner.term = term;
            inner.report.elections += 1;
        }
    }

    pub(crate) fn restored(&self) {
        self.count(|report| report.restores += 1);
    }

    /// Switches `server` on and returns the number of this boot; nothing if it is on already.
    pub(crate) fn switch_on(&self, server: usize) -> Option<u64> {
        let mut inner = self.lock();
        let slot = &mut inner.servers[server];
        if std::mem::replace(&mut slot.on, true) {
            return None;
        }
        slot.boot += 1;
        Some(slot.boot)
    }

    /// Makes the running server known to clients and to the network.
    pub(crate) fn announce(&self, server: usize, consensus: Consensus) {
        self.lock().servers[server].consensus = Some(consensus);
    }

    /// Switches `server` off and returns what ran there.
    pub(crate) fn switch_off(&self, server: usize) -> Option<Consensus> {
        let mut inner = self.lock();
        let slot = &mut inner.servers[server];
        slot.on = false;
        slot.consensus.take()
    }

    pub(crate) fn is_on(&self, server: usize, boot: u64) -> bool {
        let inner = self.lock();
        inner.servers[server].on && inner.servers[server].boot == boot
    }

    /// Returns what runs on `server`, with the number of its boot.
    pub(crate) fn running(&self, server: usize) -> Option<(u64, Consensus)> {
        let inner = self.lock();
        let slot = &inner.servers[server];
        Some((slot.boot, slot.consensus.clone()?))
    }

    pub(crate) fn is_cut(&self, from: usize, to: usize) -> bool {
        self.lock().servers[from].cut_from.contains(&to)
    }

    /// Lets nothing from `from` reach `to`.
    pub(crate) fn cut(&self, from: usize, to: usize) {
        self.lock().servers[from].cut_from.push(to);
    }

    /// Lets the clock of a server jump to so many milliseconds off.
    pub(crate) fn set_clock(&self, server: usize, off_ms: i64) {
        self.lock().servers[server].clock_off = off_ms;
    }

    /// Returns how far the clock of a server has jumped, in milliseconds.
    pub(crate) fn clock_off(&self, server: usize) -> i64 {
        self.lock().servers[server].clock_off
    }

    /// Makes the network whole again.
    pub(crate) fn heal(&self) {
        let mut inner = self.lock();
        inner.loss = USUAL_LOSS;
        inner.servers.iter_mut().for_each(|slot| slot.cut_from.clear());
    }

    /// Sets all clocks right.
    pub(crate) fn set_clocks(&self) {
        self.lock().servers.iter_mut().for_each(|slot| slot.clock_off = 0);
    }

    pub(crate) fn set_loss(&self, thousandths: u64) {
        self.lock().loss = thousandths;
    }

    pub(crate) fn loses(&self) -> bool {
        let mut inner = self.lock();
        let loss = inner.loss;
        inner.random.chance(loss, 1000)
    }

    /// Ends the simulation.
    pub(crate) fn report(&self, duration: Duration) -> Report {
        let mut oracle = self.oracle();
        let mut inner = self.lock();
        let (hash, events) = (inner.trace.hash(), inner.trace.events());
        let mut report = std::mem::take(&mut inner.report);
        report.duration = duration;
        report.trace = hash;
        report.events = events;
        report.acknowledged = oracle.acknowledgements();
        report.applied = oracle.last_applied();
        report.violations = oracle.verdict();
        report
    }
}
