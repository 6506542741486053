//! Why a placement came out as it did.

use model::{AllocMetric, Lack, NearMiss, NodeScore};
use serde_json::{Map, Value, json};

use super::{counts, list};

/// The API's AllocMetric. `NearestMiss` is ours, and only there where a placement failed.
#[must_use]
pub fn metric(metric: &AllocMetric) -> Value {
    let pass = &metric.pass;
    let available: Map<String, Value> =
        pass.nodes_available.iter().map(|(name, count)| (name.to_string(), Value::from(*count))).collect();
    let mut json = json!({
        "AllocationTime": pass.allocation_time,
        "ClassExhausted": counts(&pass.class_exhausted),
        "ClassFiltered": counts(&pass.class_filtered),
        "CoalescedFailures": metric.coalesced_failures,
        "ConstraintFiltered": counts(&pass.constraint_filtered),
        "DimensionExhausted": counts(&pass.dimension_exhausted),
        "NodePool": &*pass.node_pool,
        "NodesAvailable": available,
        "NodesEvaluated": pass.nodes_evaluated,
        "NodesExhausted": pass.nodes_exhausted,
        "NodesFiltered": pass.nodes_filtered,
        "NodesInPool": pass.nodes_in_pool,
        "QuotaExhausted": null,
        "ResourcesExhausted": resources_exhausted(metric),
        "ScoreMetaData": list(metric.scores.iter().map(score).collect()),
        "Scores": null,
    });
    if !pass.near_misses.is_empty() {
        json["NearestMiss"] = pass.near_misses.iter().map(near_miss).collect();
    }
    json
}

/// What the tasks asked for, once for every placement that failed; null when nothing was short.
fn resources_exhausted(metric: &AllocMetric) -> Value {
    let asks = &metric.pass.resources_exhausted;
    if asks.is_empty() {
        return Value::Null;
    }
    let failures = u64::from(metric.coalesced_failures) + 1;
    let tasks = asks.iter().map(|(task, ask)| {
        let times = |asked: u64| asked.saturating_mul(failures);
        let resources = json!({
            "CPU": times(ask.cpu_mhz), "Cores": 0, "Devices": null, "DiskMB": 0, "IOPS": 0,
            "MemoryMB": times(ask.memory_mb), "MemoryMaxMB": 0, "NUMA": null, "Networks": null, "SecretsMB": 0,
        });
        (task.to_string(), resources)
    });
    Value::Object(tasks.collect())
}

/// One reason with the node that came closest.
fn near_miss(miss: &NearMiss) -> Value {
    let mut json = json!({
        "Reason": &*miss.reason, "Exhausted": miss.exhausted, "Nodes": miss.nodes, "OnlyReason": miss.only,
        "NodeID": miss.node.to_string(), "NodeName": &*miss.node_name,
    });
    put_lack(&mut json, &miss.lack);
    json
}

/// Says what a node lacks.
pub(super) fn put_lack(json: &mut Value, lack: &Lack) {
    match lack {
        Lack::Short { by, asked, unit } => {
            json["Short"] = (*by).into();
            json["Asked"] = (*asked).into();
            json["Unit"] = (&**unit).into();
        }
        Lack::Has(value) => json["Has"] = (&**value).into(),
        Lack::Unset => json["Unset"] = true.into(),
        Lack::HeldBy(job) => json["HeldBy"] = (&**job).into(),
        Lack::Without(thing) => json["Without"] = (&**thing).into(),
        Lack::Plain => {}
    }
}

fn score(score: &NodeScore) -> Value {
    let parts: Map<String, Value> =
        score.parts.iter().map(|(part, value)| (part.as_str().to_owned(), Value::from(*value))).collect();
    json!({ "NodeID": score.node.to_string(), "NormScore": score.score, "Scores": parts })
}
