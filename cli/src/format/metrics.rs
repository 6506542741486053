//! Why a placement failed, in Nomad's lines.
//!
//! Limits: one line per fact, in a fixed order.

use api::view::Metric;

/// Returns one line per fact, each beginning with `prefix`.
#[must_use]
pub fn metric_lines(metric: &Metric, prefix: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut add = |text: String| lines.push(format!("{prefix}* {text}"));
    if metric.nodes_evaluated == 0 {
        add("No nodes were eligible for evaluation".to_owned());
    }
    for (datacenter, nodes) in &metric.nodes_available {
        if *nodes == 0 {
            add(format!("No nodes are available in datacenter {datacenter:?}"));
        }
    }
    for (class, nodes) in &metric.class_filtered {
        add(format!("Class {class:?}: {nodes} nodes excluded by filter"));
    }
    for (constraint, nodes) in &metric.constraint_filtered {
        add(format!("Constraint {constraint:?}: {nodes} nodes excluded by filter"));
    }
    if metric.nodes_exhausted > 0 {
        add(format!("Resources exhausted on {} nodes", metric.nodes_exhausted));
    }
    for (class, nodes) in &metric.class_exhausted {
        add(format!("Class {class:?} exhausted on {nodes} nodes"));
    }
    for (dimension, nodes) in &metric.dimension_exhausted {
        add(format!("Dimension {dimension:?} exhausted on {nodes} nodes"));
    }
    for limit in &metric.quota_exhausted {
        add(format!("Quota limit hit {limit:?}"));
    }
    lines
}
