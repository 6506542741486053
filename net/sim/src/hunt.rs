//! Runs many seeds on several threads, and looks for the first that finds a planted bug.
//!
//! Limits: each seed runs on one thread; seeds end in any order and are told in order.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::{ControlPlane, Options, Plant, Report, run, run_with};

/// Runs `seeds` with `one` on so many threads and hands each result to `tell`, in order; ends early when `tell` returns
/// false.
pub fn run_all(
    seeds: RangeInclusive<u64>,
    threads: usize,
    one: impl Fn(u64) -> Report + Sync,
    tell: impl FnMut(Report) -> bool + Send,
) {
    struct Telling<T> {
        tell: T,
        next: u64,
        waiting: BTreeMap<u64, Report>,
        over: bool,
    }
    let next = AtomicU64::new(*seeds.start());
    let telling = Mutex::new(Telling { tell, next: *seeds.start(), waiting: BTreeMap::new(), over: false });
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if !seeds.contains(&seed) || telling.lock().unwrap_or_else(PoisonError::into_inner).over {
                return;
            }
            let report = one(seed);
            let mut telling = telling.lock().unwrap_or_else(PoisonError::into_inner);
            telling.waiting.insert(seed, report);
            while !telling.over {
                let number = telling.next;
                let Some(report) = telling.waiting.remove(&number) else { break };
                telling.next += 1;
                telling.over = !(telling.tell)(report);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.max(1) {
            scope.spawn(work);
        }
        work();
    });
}

/// Returns the first report of `seeds` that finds a planted bug.
#[must_use]
pub fn find(plant: Plant, seeds: RangeInclusive<u64>, threads: usize) -> Option<Report> {
    let mut found = None;
    let tell = |report: Report| {
        let passed = report.passed();
        found = (!passed).then_some(report);
        passed
    };
    run_all(seeds, threads, |seed| with_plant(seed, plant), tell);
    found
}

/// Simulates one seed with a planted bug, on the machine that finds bugs of its kind.
#[must_use]
pub fn with_plant(seed: u64, plant: Plant) -> Report {
    simulate(seed, plant, plant.is_of_consensus())
}

/// Simulates the same seed on the same machine without the bug.
#[must_use]
pub fn without_plant(seed: u64, plant: Plant) -> Report {
    simulate(seed, Plant::Nothing, plant.is_of_consensus())
}

fn simulate(seed: u64, plant: Plant, only_consensus: bool) -> Report {
    if only_consensus {
        return run(seed, Duration::from_secs(60), Options { plant, ..Options::default() });
    }
    run_with::<ControlPlane>(
        seed,
        Duration::from_secs(30),
        Options { clients: 1, plant, ..Options::default() },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_come_in_order_and_no_more_are_made_when_nobody_listens() {
        let one = |seed: u64| Report { seed, ..Report::default() };
        let mut told = Vec::new();
        run_all(3..=40, 4, one, |report| {
            told.push(report.seed);
            report.seed < 30
        });
        assert_eq!(told, (3..=30).collect::<Vec<_>>());
    }
}
