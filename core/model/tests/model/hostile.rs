//! Jobs that try to cost much: each is refused, quickly, and in few words.
#![expect(clippy::disallowed_types, reason = "a test measures how long it takes")]

use std::time::{Duration, Instant};

use model::JobDraft;
use serde_json::{Value, json};

/// The first fault of a job of one group, after `change`; checking takes a second at most.
fn refused(change: impl FnOnce(&mut Value)) -> String {
    let mut job = json!({
        "ID": "hostile", "Name": "hostile", "Namespace": "default", "Type": "service", "Datacenters": ["*"],
        "TaskGroups": [{"Name": "g", "Count": 1, "Tasks": [{"Name": "t", "Driver": "exec"}]}],
    });
    change(&mut job);
    let draft = match JobDraft::from_json(&job) {
        Ok(draft) => draft,
        Err(error) => return error.to_string(),
    };
    let start = Instant::now();
    let errors = draft.admit("global").validate().flat_errors();
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    let first = errors.into_iter().next().expect("it is refused");
    assert!(first.len() < 2_000, "{} bytes", first.len());
    first
}

fn repeated(count: usize, one: impl Fn(usize) -> Value) -> Value {
    (0..count).map(one).collect()
}

fn constraint(operand: &str, right: &str) -> Value {
    json!({"LTarget": "${attr.kernel.name}", "Operand": operand, "RTarget": right})
}

#[test]
fn a_thousand_million_allocations_are_refused() {
    let text = refused(|job| job["TaskGroups"][0]["Count"] = json!(1_000_000_000));
    assert_eq!(text, "total count was greater than configured job_max_count: 1000000000 > 50000");
    let text = refused(|job| job["TaskGroups"][0]["Count"] = json!(i64::MAX));
    assert!(text.starts_with("total count was greater"), "{text}");
}

#[test]
fn ten_thousand_groups_or_tasks_are_refused() {
    let group =
        |at: usize| json!({"Name": format!("g{at}"), "Count": 1, "Tasks": [{"Name": "t", "Driver": "exec"}]});
    let text = refused(|job| job["TaskGroups"] = repeated(10_000, group));
    assert_eq!(text, "job has 10000 task groups; at most 3000 are allowed");
    let task = |at: usize| json!({"Name": format!("t{at}"), "Driver": "exec"});
    let text = refused(|job| job["TaskGroups"][0]["Tasks"] = repeated(11_000, task));
    assert_eq!(text, "job has 11000 tasks; at most 10000 are allowed");
}

#[test]
fn patterns_are_bounded_in_size_and_number() {
    let text = refused(|job| job["Constraints"] = json!([constraint("regexp", "(a{1000}){1000}{1000}")]));
    assert!(text.contains("exceeds size limit"), "{text}");
    let text = refused(|job| job["Constraints"] = json!([constraint("regexp", &"(".repeat(10_000))]));
    assert!(text.contains("Regular expression failed to compile"), "{text}");
    let bomb = |_| constraint("regexp", "(x+x+)+y{200}");
    let text = refused(|job| job["TaskGroups"][0]["Tasks"][0]["Constraints"] = repeated(4_000, bomb));
    assert_eq!(text, "job has 4000 rules with a regular expression; at most 200 are allowed");
    let text = refused(|job| job["Constraints"] = repeated(11_000, |_| constraint("=", "linux")));
    assert_eq!(text, "job has 11000 constraints, affinities and spreads; at most 10000 are allowed");
}

#[test]
fn texts_of_a_megabyte_are_refused() {
    for operand in ["version", "semver", "=", "set_contains", "regexp"] {
        let text = refused(|job| job["Constraints"] = json!([constraint(operand, &"1.".repeat(500_000))]));
        assert_eq!(
            text, "a constraint, affinity or spread has 1000000 bytes of text; at most 16384 are allowed",
            "{operand}"
        );
    }
}

#[test]
fn weights_that_are_no_numbers_are_refused() {
    let affinity = |weight: Value| json!([{"LTarget": "${node.class}", "Operand": "=", "RTarget": "a", "Weight": weight}]);
    for weight in [json!("NaN"), json!(1e300), json!(0.5), json!({"a": 1})] {
        let text = refused(|job| job["Affinities"] = affinity(weight.clone()));
        assert!(text.contains("Weight") || text.contains("weight"), "{weight}: {text}");
    }
    let text = refused(|job| job["Affinities"] = affinity(json!(101)));
    assert!(text.contains("[-100,100]"), "{text}");
    let spread = |weight: Value| json!([{"Attribute": "${node.class}", "Weight": weight}]);
    for weight in [json!("NaN"), json!(-1), json!(101), json!(1e300)] {
        let text = refused(|job| job["Spreads"] = spread(weight.clone()));
        assert!(text.to_lowercase().contains("weight"), "{weight}: {text}");
    }
}

#[test]
fn spreads_with_endless_targets_are_refused() {
    let target = |at: usize| json!({"Value": format!("v{at}"), "Percent": 0});
    let text = refused(|job| {
        job["Spreads"] =
            json!([{"Attribute": "${node.class}", "Weight": 50, "SpreadTarget": repeated(100_000, target)}]);
    });
    assert_eq!(text, "job has 100000 targets in one spread; at most 1000 are allowed");
}
