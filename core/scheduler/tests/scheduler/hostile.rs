//! Jobs that are allowed and try to cost much: they are placed within limits of time, and rightly.
#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "a test measures how long it takes")]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use model::{Job, NodeId, Outcome};
use scheduler::{Options, ScheduleError, schedule};
use serde_json::{Value, json};

use crate::bench::{cluster, eval_of, job, placed, register};

/// Far more than any of these takes without optimisation, and far less than one that grows with the square.
const PATIENCE: Duration = Duration::from_secs(30);

fn within_limits(nodes: u32, job: &Job) -> Outcome {
    let snapshot = cluster(nodes, job, "pack");
    let start = Instant::now();
    let outcome = register(&snapshot, job);
    assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());
    outcome
}

fn by_node(outcome: &Outcome) -> BTreeMap<NodeId, u32> {
    let mut counts = BTreeMap::new();
    for placement in outcome.plan.placements.iter().flat_map(|run| &run.placements) {
        *counts.entry(placement.node).or_default() += 1;
    }
    counts
}

#[test]
fn a_spread_over_a_unique_attribute_is_even() {
    let spread = json!({"Spreads": [{"Attribute": "${node.unique.id}", "Weight": 100}]});
    let outcome = within_limits(1_000, &job("batch", 2_000, &spread));
    let counts = by_node(&outcome);
    assert_eq!((placed(&outcome), counts.len()), (2_000, 1_000));
    assert!(counts.values().all(|count| *count == 2));
}

#[test]
fn a_spread_over_a_unique_attribute_costs_no_more_for_each_placement_than_one_over_racks() {
    let over = |attribute: &str| {
        let spread = json!({"Spreads": [{"Attribute": attribute, "Weight": 100}]});
        let start = Instant::now();
        let outcome = within_limits(5_000, &job("batch", 50_000, &spread));
        (placed(&outcome), start.elapsed())
    };
    let (unique, racks) = (over("${node.unique.id}"), over("${meta.rack}"));
    assert_eq!((unique.0, racks.0), (50_000, 50_000));
    // A cost that grew with the number of values would make it a thousand times as much.
    assert!(unique.1 < 20 * racks.1 + Duration::from_secs(1), "{:?} and {:?}", unique.1, racks.1);
}

#[test]
fn targets_for_a_few_of_many_values_are_placed_quickly() {
    let targets: Vec<Value> =
        (0..100).map(|at| json!({"Value": format!("sim-{at}"), "Percent": 0})).collect();
    let one = json!({"Attribute": "${node.unique.name}", "Weight": 50, "SpreadTarget": targets});
    let outcome = within_limits(2_000, &job("service", 10_000, &json!({"Spreads": [one]})));
    assert_eq!(placed(&outcome), 10_000);
}

#[test]
fn a_thousand_million_allocations_are_an_error_of_the_evaluation() {
    let mut endless = job("batch", 1, &json!({}));
    endless.task_groups[0].count = 1_000_000_000;
    let snapshot = cluster(3, &endless, "pack");
    let outcome = schedule(&snapshot, &eval_of(&endless), &Options::default());
    assert!(matches!(outcome, Err(ScheduleError::TooMany { count: 1_000_000_000, .. })), "{outcome:?}");
}

#[test]
fn a_limit_that_all_nodes_share_costs_no_look_at_all_of_them() {
    let rule = json!({"LTarget": "${node.datacenter}", "Operand": "distinct_property", "RTarget": "1000000"});
    let outcome = within_limits(5_000, &job("service", 10_000, &json!({"Constraints": [rule]})));
    assert_eq!(placed(&outcome), 10_000);
}

#[test]
fn several_spreads_over_unique_attributes_end() {
    let one = |attribute: &str| json!({"Attribute": attribute, "Weight": 50});
    let all: Vec<Value> =
        ["${node.unique.id}", "${node.unique.name}", "${meta.rack}", "${attr.unique.x}"].map(one).into();
    let outcome = within_limits(500, &job("service", 750, &json!({"Spreads": all})));
    assert_eq!(placed(&outcome), 750);
}

#[test]
fn a_distinct_property_over_a_unique_attribute_ends() {
    let rule = json!({"LTarget": "${node.unique.id}", "Operand": "distinct_property", "RTarget": "1"});
    let outcome = within_limits(1_500, &job("service", 2_000, &json!({"Constraints": [rule]})));
    assert_eq!((placed(&outcome), by_node(&outcome).len()), (1_500, 1_500));
}

#[test]
fn hundreds_of_groups_are_placed() {
    let group = |at: u32| {
        json!({"Name": format!("g{at}"), "Count": 2, "EphemeralDisk": {"SizeMB": 10},
            "Tasks": [{"Name": "t", "Driver": "exec", "Resources": {"CPU": 10, "MemoryMB": 10}}]})
    };
    let groups: Vec<Value> = (0..500).map(group).collect();
    let outcome = within_limits(300, &job("service", 1, &json!({"TaskGroups": groups})));
    assert_eq!(placed(&outcome), 1_000);
}

#[test]
fn patterns_that_explode_elsewhere_are_matched_in_linear_time() {
    let rule = |at: u32| json!({"LTarget": "${meta.long}", "Operand": "regexp", "RTarget": format!("^(a+)+b{{{at}}}$")});
    let rules: Vec<Value> = (1..=200).map(rule).collect();
    let hostile = job("service", 1, &json!({"Constraints": rules}));
    let mut state = (*cluster(50, &hostile, "pack")).clone();
    let nodes: Vec<model::Node> = state.nodes().map(|node| model::Node::clone(node)).collect();
    for mut node in nodes {
        node.meta.insert("long".into(), "a".repeat(5_000).into());
        node.attributes.insert("app.version".into(), "1.".repeat(500_000).into());
        state = state::Builder::from_state(state).node(node).build();
    }
    let start = Instant::now();
    let outcome = register(&std::sync::Arc::new(state), &hostile);
    assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());
    assert_eq!(placed(&outcome), 0);
}

#[test]
fn a_version_of_a_megabyte_matches_nothing() {
    let rule = json!({"LTarget": "${attr.app.version}", "Operand": "version", "RTarget": ">= 1"});
    let picky = job("service", 1, &json!({"Constraints": [rule]}));
    let mut state = (*cluster(3, &picky, "pack")).clone();
    let nodes: Vec<model::Node> = state.nodes().map(|node| model::Node::clone(node)).collect();
    for mut node in nodes {
        node.attributes.insert("app.version".into(), "1.".repeat(500_000).into());
        state = state::Builder::from_state(state).node(node).build();
    }
    assert_eq!(placed(&register(&std::sync::Arc::new(state), &picky)), 0);
}
