//! Running a case and reading off what it cost and what came of it.

use std::collections::BTreeMap;

use model::{GroupAsk, Job, NodeId, Outcome};
use state::Snapshot;

use crate::cluster::{placed, register};

/// What a case cost and what came of it.
pub(crate) struct Figures {
    pub(crate) placed: usize,
    /// CPU time in µs for each placement.
    pub(crate) micros: f64,
    /// Nodes that the last selection looked at.
    pub(crate) scored: u32,
    /// Nodes that took something.
    pub(crate) used: usize,
    /// How full they are in their tightest dimension, all together: 0 to 1.
    pub(crate) full: f64,
}

/// CPU time in ns that a sample takes at least.
const SAMPLE: u64 = 20_000_000;
/// Evaluations of one sample at most; their plans are kept until it ends, so that only deciding is measured.
const MOST: u64 = 500;

/// Runs a case so many times on one thread of its own. What filters say is known from a first run.
pub(crate) fn measure(snapshot: &Snapshot, job: &Job, runs: usize) -> Figures {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    pool.install(|| {
        let first = register(snapshot, job);
        let before = cpu_nanos();
        let mut last = register(snapshot, job);
        drop(first);
        let repeats = (SAMPLE / (cpu_nanos() - before).max(1)).clamp(1, MOST);
        let mut times = Vec::with_capacity(runs);
        for _ in 0..runs {
            let before = cpu_nanos();
            let mut outcomes: Vec<Outcome> = (0..repeats).map(|_| register(snapshot, job)).collect();
            times.push((cpu_nanos() - before) / repeats);
            last = outcomes.pop().unwrap();
        }
        times.sort_unstable();
        figures(snapshot, job, &last, times[times.len() / 2])
    })
}

/// CPU time of this thread. The kernel brings it up to date when a thread gives way.
#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn cpu_nanos() -> u64 {
    std::thread::yield_now();
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split_whitespace().next().unwrap().parse().unwrap()
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn figures(snapshot: &Snapshot, job: &Job, outcome: &Outcome, nanos: u64) -> Figures {
    let placed = placed(outcome);
    let ask = GroupAsk::of(&job.task_groups[0]);
    let mut used: BTreeMap<NodeId, u64> = BTreeMap::new();
    for placement in outcome.plan.placements.iter().flat_map(|run| &run.placements) {
        *used.entry(placement.node).or_default() += 1;
    }
    let mut sums = [[0_u64; 2]; 3];
    for (id, count) in &used {
        let resources = &snapshot.node(*id).unwrap().resources;
        let has = [u64::from(resources.cpu_mhz), resources.memory_mb, resources.disk_mb];
        let asked = [ask.cpu_mhz, ask.memory_mb, ask.disk_mb];
        for (sum, (has, asked)) in sums.iter_mut().zip(has.into_iter().zip(asked)) {
            sum[0] += asked * count;
            sum[1] += has;
        }
    }
    let full =
        sums.iter().filter(|sum| sum[1] > 0).map(|sum| sum[0] as f64 / sum[1] as f64).fold(0.0, f64::max);
    let scored = outcome.plan.placements.last().map_or(0, |run| run.pass.nodes_evaluated);
    Figures { placed, micros: nanos as f64 / 1e3 / placed.max(1) as f64, scored, used: used.len(), full }
}
