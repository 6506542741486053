//! Replaying one recorded case in its mode.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::NodeId;
use scheduler::{Claim, NodeUse, NodeVerdict, Options, explain, fits, schedule};
use serde_json::{Map, Value, json};

use crate::compare::Differences;
use crate::load::{Case, Loaded, id, list, load, node_ids, text};
use crate::view::{View, pass_json};

/// What differs from the recording.
pub(crate) fn case(case: &Case) -> Vec<String> {
    let mut differences = Differences::default();
    match text(&case.json["mode"]) {
        "nodes" => each_variant(&case.json, &mut differences, nodes),
        "schedule" => each_variant(&case.json, &mut differences, decide),
        "fit" => each_variant(&case.json, &mut differences, fit),
        mode => differences.0.push(format!("unknown mode {mode}")),
    }
    differences.0
}

fn each_variant(
    case: &Value,
    differences: &mut Differences,
    check: fn(&Value, &Value, &Value, &mut Differences),
) {
    let Some(variants) = case.get("variants") else {
        check(case, &Value::Null, &case["expect"], differences);
        return;
    };
    for (number, variant) in list(variants).iter().enumerate() {
        let before = differences.0.len();
        check(case, variant, &variant["expect"], differences);
        for difference in &mut differences.0[before..] {
            *difference = format!("variant {number}: {difference}");
        }
    }
}

/// Mode `nodes`: the first group over all candidates.
fn nodes(case: &Value, variant: &Value, recorded: &Value, differences: &mut Differences) {
    let Loaded { state, job, eval, .. } = load(case, variant);
    let (state, job, eval) = (Arc::new(state), job.unwrap(), eval.unwrap());
    let group = job.task_groups[0].name.clone();
    let explained = explain(&state, &job, &eval, &group, &node_ids(&case["penalty_nodes"])).unwrap();
    let verdicts: BTreeMap<NodeId, NodeVerdict> = explained.nodes.into_iter().collect();
    let mut statuses = Map::new();
    let mut scores = Map::new();
    let mut feasible = Vec::new();
    for node in list(&case["nodes"]) {
        let status = match verdicts.get(&id::<NodeId>(&node["ID"])) {
            None => json!({"status": "not_candidate"}),
            Some(NodeVerdict::Filtered(reason)) => json!({"status": "filtered", "reason": reason}),
            Some(NodeVerdict::Exhausted(reason)) => json!({"status": "exhausted", "reason": reason}),
            Some(NodeVerdict::Scored(score)) => {
                let mut parts: Map<String, Value> = score
                    .parts
                    .iter()
                    .map(|(part, value)| (part.as_str().to_owned(), (*value).into()))
                    .collect();
                parts.insert("final".to_owned(), score.score.into());
                scores.insert(text(&node["ID"]).to_owned(), parts.into());
                json!({"status": "ok"})
            }
        };
        if matches!(text(&status["status"]), "ok" | "exhausted") {
            feasible.push(node["ID"].clone());
        }
        statuses.insert(text(&node["ID"]).to_owned(), status);
    }
    let unstable: Vec<&str> = list(&recorded["unstable"]).iter().map(text).collect();
    let mut got = json!({"nodes": statuses, "metrics": pass_json(&explained.pass), "scores": scores});
    feasible.sort_by(|left, right| text(left).cmp(text(right)));
    got["feasible_nodes"] = feasible.into();
    if let Some(best) = explained.best {
        got["best_node"] = best.text().into();
    }
    let mut skip = vec!["score_count", "unstable", "best_node_tied"];
    skip.extend(&unstable);
    differences.recorded("", recorded, &got, &skip);
    if recorded.get("metrics").is_some() && !unstable.contains(&"metrics") {
        differences.nothing_else("metrics", &recorded["metrics"], &got["metrics"]);
    }
    for (node, parts) in recorded["scores"].as_object().into_iter().flatten() {
        differences.nothing_else(node, parts, &got["scores"][node]);
    }
}

/// Mode `fit`: allocations together on one node.
fn fit(case: &Value, variant: &Value, recorded: &Value, differences: &mut Differences) {
    let state = load(case, &Value::Null).state;
    let node = state.nodes().next().unwrap();
    let mut used = NodeUse::default();
    for alloc in list(&variant["alloc_ids"]) {
        let alloc = state.alloc(id(alloc)).unwrap();
        if !alloc.client_terminal() {
            used.add(&Claim::of(alloc));
        }
    }
    let fitted = fits(node, &used);
    let got = json!({
        "fit": fitted.is_ok(),
        "dimension": fitted.err().map_or_else(String::new, |misfit| misfit.to_string()),
        "used": {
            "cpu_shares": used.amounts.cpu_mhz,
            "memory_mb": used.amounts.memory_mb,
            "disk_mb": used.amounts.disk_mb,
        },
    });
    differences.recorded("", recorded, &got, &["memory_max_mb", "reserved_cores", "error"]);
}

/// Mode `schedule`: the whole scheduler.
fn decide(case: &Value, variant: &Value, recorded: &Value, differences: &mut Differences) {
    let Loaded { state, job, eval, now } = load(case, variant);
    let Some(eval) = eval else {
        // A trigger that is no word of ours cannot be stored: such an evaluation is refused when it is read.
        differences.recorded("", &recorded["eval"]["Status"], &json!("failed"), &[]);
        return;
    };
    let options = Options { now, annotate: true, ..Options::default() };
    let state = Arc::new(state);
    let outcome = schedule(&state, &eval, &options).unwrap();
    let view = View { state: &state, job: job.as_deref(), eval: &eval, outcome: &outcome, now: now.0 };
    let got = view.json();
    let mut skip = vec![
        "unstable",
        "plans_submitted",
        "ClientDescription",
        "LastReschedule",
        "Field",
        "Networks",
        "Grade",
        "To",
        "SnapshotIndex",
    ];
    let unstable = list(&recorded["unstable"]).iter().map(text);
    skip.extend(unstable.flat_map(|name| name.trim_start_matches("place.").split('+')));
    if matches!(text(&case["family"]), "F") {
        skip.push("desired_tg_updates");
    }
    differences.recorded("", recorded, &got, &skip);
    for key in ["place", "stop", "preempt", "update", "created_evals", "deployment_updates", "deployment"] {
        let count = |value: &Value| value.get(key).map_or(0, |list| list.as_array().map_or(1, Vec::len));
        if count(recorded) != count(&got) && recorded.get(key).is_none() {
            differences.0.push(format!("{key}: nothing recorded, got {}", got[key]));
        }
    }
    if !skip.contains(&"desired_tg_updates") {
        for (group, counts) in got["desired_tg_updates"].as_object().into_iter().flatten() {
            differences.nothing_else(
                &format!("desired.{group}"),
                &recorded["desired_tg_updates"][group],
                counts,
            );
        }
    }
}
