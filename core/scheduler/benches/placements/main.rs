//! How long decisions take: nodes × what is asked × kind of job, one thread, decision and plan without the log.
//!
//! Prints a table on standard output. Times are CPU time of the deciding thread, the median of a few samples, so that
//! a busy machine changes little. Arguments: node counts, without any 1,000, 5,000, 10,000 and 100,000; and parts
//! of the names of rows, such as `plain` or `alone`, without any all of them.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench prints what it measured, or fails")]

mod asks;
mod cluster;
mod goals;
mod measure;

use serde_json::json;

use asks::asks;
use cluster::{cluster, job};
use goals::Goals;
use measure::{Figures, measure};

/// Samples of a case; the median counts.
const RUNS: usize = 3;
/// Nodes of the cluster on which packing is shown.
const PACKED: u32 = 5_000;

/// What is measured.
struct Table {
    /// Parts of the names of rows; all rows without any.
    names: Vec<String>,
    goals: Goals,
}

fn main() {
    // Cargo adds options of its own.
    let words = || std::env::args().skip(1).filter(|word| !word.starts_with('-'));
    let sizes: Vec<u32> = words().filter_map(|word| word.parse().ok()).collect();
    let names = words().filter(|word| word.parse::<u32>().is_err()).collect();
    let sizes = if sizes.is_empty() { vec![1_000, 5_000, 10_000, 100_000] } else { sizes };
    println!(
        "scan: {} (single precision), near the best double precision; one thread, CPU time;\n\
         full: of the nodes used, in their tightest dimension, all together",
        scheduler::vector_level()
    );
    println!(
        "{:>7} {:<16} {:<8} {:>7} {:>9} {:>8} {:>7} {:>6}",
        "nodes", "ask", "kind", "placed", "µs each", "scored", "used", "full"
    );
    let mut table = Table { names, goals: Goals::default() };
    for nodes in sizes {
        table.placements(nodes);
        table.single(nodes);
        if nodes == PACKED {
            table.packing(nodes);
        }
    }
}

impl Table {
    fn is_wanted(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|word| name.contains(word.as_str()))
    }

    /// Every ask by every kind of job.
    fn placements(&mut self, nodes: u32) {
        for (name, ask) in asks() {
            if !self.is_wanted(name) {
                continue;
            }
            for (kind, count) in
                [("service", 1_000), ("service", 10_000), ("batch", 1_000), ("batch", 10_000), ("system", 1)]
            {
                let mut job = job(kind, count, &ask);
                job.task_groups[0].count = i64::from(count);
                let figures = measure(&cluster(nodes, &job, "pack"), &job, RUNS);
                self.row(nodes, (name, kind, count), &figures);
            }
        }
    }

    /// One placement alone: scores are cold, what filters say is known.
    fn single(&mut self, nodes: u32) {
        if !self.is_wanted("one alone") {
            return;
        }
        for algorithm in ["pack", "binpack", "spread"] {
            let job = job("service", 1, &json!({}));
            let figures = measure(&cluster(nodes, &job, algorithm), &job, 9);
            self.row(nodes, ("one alone", algorithm, 1), &figures);
        }
    }

    /// How well the algorithms pack.
    fn packing(&mut self, nodes: u32) {
        if !self.is_wanted("packing") {
            return;
        }
        for algorithm in ["pack", "binpack", "spread"] {
            let job = job("batch", 10_000, &json!({}));
            let figures = measure(&cluster(nodes, &job, algorithm), &job, 1);
            self.row(nodes, ("packing", algorithm, 10_000), &figures);
        }
    }

    fn row(&mut self, nodes: u32, row: (&str, &str, u32), figures: &Figures) {
        let Figures { placed, micros, scored, used, full } = figures;
        let (ask, kind, _) = row;
        let goal = self.goals.note(row, nodes, *micros, scheduler::vector_level());
        println!(
            "{nodes:>7} {ask:<16} {kind:<8} {placed:>7} {micros:>9.2} {scored:>8} {used:>7} {:>5.1}% {goal}",
            full * 100.0
        );
    }
}
