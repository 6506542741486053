//! How long decisions take: nodes × what is asked × kind of job, one thread, decision and plan without the log.
//!
//! Prints a table on standard output. Times are CPU time of the deciding thread, the median of a few runs, so that
//! a busy machine changes little. Arguments: node counts, without any 1,000, 5,000, 10,000 and 100,000; and names
//! of rows, such as `plain` or `alone`, without any all of them.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench prints what it measured, or fails")]

mod cluster;
mod measure;

use serde_json::{Value, json};

use cluster::{cluster, job};
use measure::{Figures, measure};

/// Runs of a case; the median counts.
const RUNS: usize = 3;

/// What is asked of nodes, by name.
fn asks() -> Vec<(&'static str, Value)> {
    let constraint = |left: &str, operand: &str, right: &str| json!({"LTarget": left, "Operand": operand, "RTarget": right});
    let group = |change: Value| {
        let mut group = json!({
            "Name": "g", "EphemeralDisk": {"SizeMB": 300},
            "Tasks": [{"Name": "t", "Driver": "exec", "Resources": {"CPU": 250, "MemoryMB": 256}}],
        });
        for (key, value) in change.as_object().into_iter().flatten() {
            group[key] = value.clone();
        }
        json!({"TaskGroups": [group]})
    };
    let gpu = json!([{"Name": "t", "Driver": "exec",
        "Resources": {"CPU": 250, "MemoryMB": 256, "Devices": [{"Name": "nvidia/gpu", "Count": 1}]}}]);
    vec![
        ("plain", json!({})),
        (
            "2 constraints",
            json!({"Constraints": [constraint("${attr.kernel.name}", "=", "linux"), constraint("${node.class}", "!=", "class-9")]}),
        ),
        (
            "affinity",
            json!({"Affinities": [{"LTarget": "${node.class}", "RTarget": "class-1", "Operand": "=", "Weight": 50}]}),
        ),
        ("spread 75 racks", json!({"Spreads": [{"Attribute": "${meta.rack}", "Weight": 50}]})),
        ("distinct_hosts", json!({"Constraints": [{"Operand": "distinct_hosts", "RTarget": "true"}]})),
        (
            "2 dynamic ports",
            group(json!({"Networks": [{"Mode": "host", "DynamicPorts": [{"Label": "a"}, {"Label": "b"}]}]})),
        ),
        ("1 GPU", group(json!({"Tasks": gpu}))),
    ]
}

fn main() {
    let wanted: Vec<u32> = std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    let named: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-') && word.parse::<u32>().is_err())
        .collect();
    let is_wanted = |name: &str| named.is_empty() || named.iter().any(|word| name.contains(word.as_str()));
    let sizes = if wanted.is_empty() { vec![1_000, 5_000, 10_000, 100_000] } else { wanted };
    println!(
        "scalar f64 scoring, one thread, CPU time; utilisation is that of the tightest dimension of the nodes used"
    );
    println!(
        "{:>7} {:<16} {:<8} {:>7} {:>9} {:>8} {:>7} {:>6}",
        "nodes", "ask", "kind", "placed", "µs each", "scored", "used", "full"
    );
    for nodes in sizes {
        for (name, ask) in asks().into_iter().filter(|ask| is_wanted(ask.0)) {
            for (kind, count) in
                [("service", 1_000), ("service", 10_000), ("batch", 1_000), ("batch", 10_000), ("system", 1)]
            {
                let mut job = job(kind, count, &ask);
                job.task_groups[0].count = i64::from(count);
                row(nodes, name, kind, &measure(&cluster(nodes, &job, "pack"), &job, RUNS));
            }
        }
        if is_wanted("one alone") {
            single(nodes);
        }
        if is_wanted("density") {
            density(nodes);
        }
    }
}

fn row(nodes: u32, ask: &str, kind: &str, figures: &Figures) {
    let Figures { placed, micros, scored, used, full } = figures;
    println!(
        "{nodes:>7} {ask:<16} {kind:<8} {placed:>7} {micros:>9.2} {scored:>8} {used:>7} {:>5.1}%",
        full * 100.0
    );
}

/// One placement alone: scores are cold.
fn single(nodes: u32) {
    let job = job("service", 1, &json!({}));
    row(nodes, "one alone", "service", &measure(&cluster(nodes, &job, "pack"), &job, 99));
}

/// How well the algorithms pack.
fn density(nodes: u32) {
    for algorithm in ["pack", "binpack", "spread"] {
        let job = job("batch", 10_000, &json!({}));
        row(nodes, algorithm, "batch", &measure(&cluster(nodes, &job, algorithm), &job, 1));
    }
}
