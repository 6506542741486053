//! What the tasks of an allocation use. CPU is the mean since the last time somebody asked.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use driver::{TaskId, TaskStats};
use model::{AllocId, Name, RunState, Timestamp};

use super::host::{CoreTimes, passed};
use crate::clock;
use crate::shared::Shared;

/// Tasks of which the last reading is kept; beyond that all are forgotten.
const MAX_SAMPLES: usize = 10_000;

/// What an allocation uses.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AllocStats {
    /// All tasks together.
    pub total: TaskUsage,
    /// Tasks that run, by name.
    pub tasks: BTreeMap<Name, UsageOfTask>,
    /// When it was read.
    pub at: Timestamp,
}

/// What one task uses.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UsageOfTask {
    /// The figures.
    pub usage: TaskUsage,
    /// When they were read.
    pub at: Timestamp,
}

/// CPU and memory.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TaskUsage {
    /// CPU in percent of one core.
    pub cpu_percent: f64,
    /// The part in user mode.
    pub user_percent: f64,
    /// The part in the kernel.
    pub system_percent: f64,
    /// CPU in MHz.
    pub cpu_ticks: f64,
    /// Periods in which it was throttled.
    pub throttled_periods: u64,
    /// Time throttled, in nanoseconds.
    pub throttled_ns: u64,
    /// Anonymous memory in bytes.
    pub rss: u64,
    /// Page cache in bytes.
    pub cache: u64,
    /// Swapped memory in bytes.
    pub swap: u64,
    /// Memory charged in bytes.
    pub usage: u64,
    /// The most that was charged, in bytes.
    pub max_usage: u64,
    /// The kernel's memory for it, in bytes.
    pub kernel_usage: u64,
    /// Processes and threads.
    pub pids: u64,
}

/// The last readings.
#[derive(Debug, Default)]
pub(crate) struct Samples {
    tasks: Mutex<BTreeMap<TaskId, TaskStats>>,
    cores: Mutex<CoreTimes>,
}

impl Samples {
    fn replace(&self, id: &TaskId, stats: TaskStats) -> Option<TaskStats> {
        let mut samples = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        if samples.len() >= MAX_SAMPLES {
            samples.clear();
        }
        samples.insert(id.clone(), stats)
    }

    /// Keeps a reading of the cores; returns what has passed since the one before.
    pub(super) fn replace_times(&self, now: CoreTimes) -> CoreTimes {
        let mut cores = self.cores.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = passed(&now, &cores);
        *cores = now;
        passed
    }
}

/// Asks the drivers.
pub(crate) async fn alloc(shared: &Shared, alloc: AllocId) -> Option<AllocStats> {
    let seen = shared.seen(alloc)?;
    let node = shared.node();
    let mhz = node.resources.cores.first().map_or(0, |core| core.mhz);
    let mut stats = AllocStats { at: clock::now(), ..AllocStats::default() };
    for (name, _) in seen.tasks.into_iter().filter(|(_, state)| *state == RunState::Running) {
        let id = TaskId { alloc: alloc.to_string(), task: name.to_string() };
        // One that has just ended uses nothing.
        let Some(now) = shared.drivers.stats(&id).await else { continue };
        let before = shared.samples.replace(&id, now);
        let usage = usage(&now, before.as_ref(), f64::from(mhz));
        add(&mut stats.total, &usage);
        let at = Timestamp(i64::try_from(now.at_ns).unwrap_or(i64::MAX));
        stats.tasks.insert(name, UsageOfTask { usage, at });
    }
    Some(stats)
}

fn usage(now: &TaskStats, before: Option<&TaskStats>, mhz: f64) -> TaskUsage {
    let span = before.map_or(0, |before| now.at_ns.saturating_sub(before.at_ns));
    let percent = |now: u64, before: u64| {
        if span == 0 { 0.0 } else { now.saturating_sub(before) as f64 / span as f64 * 100.0 }
    };
    let was = before.map(|before| before.cpu).unwrap_or_default();
    let cpu_percent = percent(now.cpu.total_ns, was.total_ns);
    TaskUsage {
        cpu_percent,
        user_percent: percent(now.cpu.user_ns, was.user_ns),
        system_percent: percent(now.cpu.system_ns, was.system_ns),
        cpu_ticks: cpu_percent / 100.0 * mhz,
        throttled_periods: now.cpu.throttled_periods,
        throttled_ns: now.cpu.throttled_ns,
        rss: now.memory.rss,
        cache: now.memory.cache,
        swap: now.memory.swap,
        usage: now.memory.usage,
        max_usage: now.memory.max_usage,
        kernel_usage: now.memory.kernel,
        pids: now.pids,
    }
}

fn add(total: &mut TaskUsage, usage: &TaskUsage) {
    total.cpu_percent += usage.cpu_percent;
    total.user_percent += usage.user_percent;
    total.system_percent += usage.system_percent;
    total.cpu_ticks += usage.cpu_ticks;
    total.throttled_periods += usage.throttled_periods;
    total.throttled_ns += usage.throttled_ns;
    total.rss += usage.rss;
    total.cache += usage.cache;
    total.swap += usage.swap;
    total.usage += usage.usage;
    total.max_usage += usage.max_usage;
    total.kernel_usage += usage.kernel_usage;
    total.pids += usage.pids;
}
