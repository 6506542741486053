//! Why a placement came out as it did.

use model::{AllocMetric, NodeScore};
use serde_json::{Map, Value, json};

use super::{counts, list};

/// The API's AllocMetric.
#[must_use]
pub fn metric(metric: &AllocMetric) -> Value {
    let pass = &metric.pass;
    let available: Map<String, Value> =
        pass.nodes_available.iter().map(|(name, count)| (name.to_string(), Value::from(*count))).collect();
    json!({
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
        "ResourcesExhausted": null,
        "ScoreMetaData": list(metric.scores.iter().map(score).collect()),
        "Scores": null,
    })
}

fn score(score: &NodeScore) -> Value {
    let parts: Map<String, Value> =
        score.parts.iter().map(|(part, value)| (part.as_str().to_owned(), Value::from(*value))).collect();
    json!({ "NodeID": score.node.to_string(), "NormScore": score.score, "Scores": parts })
}
