//! Why something cannot be placed, in words.
//!
//! Purpose: one line per reason with the number of nodes, and the nearest miss where the agent names it.
//! Limits: counts are those of the evaluation; which nodes they are is not known here.

use api::view::{AskedResources, Metric};

/// Returns the reasons of a failed placement, one line each, most nodes first.
#[must_use]
pub fn why_lines(group: &str, metric: &Metric) -> Vec<String> {
    let mut reasons: Vec<(u64, String)> = Vec::new();
    for (constraint, &nodes) in &metric.constraint_filtered {
        reasons.push((nodes, filter_reason(constraint)));
    }
    for (dimension, &nodes) in &metric.dimension_exhausted {
        reasons
            .push((nodes, format!("not enough {}{}", dimension_name(dimension), asked(dimension, metric))));
    }
    reasons.sort_by(|left, right| right.0.cmp(&left.0).then_with(|| left.1.cmp(&right.1)));
    let mut lines = vec![headline(group, metric)];
    lines.extend(reasons.into_iter().map(|(nodes, reason)| format!("  {} {reason}", nodes_text(nodes))));
    if !metric.nearest_miss.is_empty() {
        lines.push(format!("  nearest miss: {}", metric.nearest_miss));
    }
    lines
}

fn headline(group: &str, metric: &Metric) -> String {
    let pool = if metric.node_pool.is_empty() { "default" } else { &metric.node_pool };
    if metric.nodes_in_pool == 0 && metric.nodes_evaluated == 0 {
        return format!("Group {group:?}: node pool {pool:?} has no ready node");
    }
    if metric.nodes_evaluated == 0 {
        let nodes = nodes_text(metric.nodes_in_pool);
        return format!(
            "Group {group:?}: node pool {pool:?} has {nodes}, none ready in the job's datacenters"
        );
    }
    format!(
        "Group {group:?}: of {} looked at, {} filtered and {} without room",
        nodes_text(metric.nodes_evaluated),
        metric.nodes_filtered,
        metric.nodes_exhausted
    )
}

fn nodes_text(nodes: u64) -> String {
    if nodes == 1 { "1 node".to_owned() } else { format!("{nodes} nodes") }
}

fn filter_reason(constraint: &str) -> String {
    match constraint {
        "computed class ineligible" => "of a class that an earlier check ruled out".to_owned(),
        "distinct_hosts" => "already runs an allocation of this job (distinct_hosts)".to_owned(),
        text if text.starts_with("missing ") => format!("without {}", text.trim_start_matches("missing ")),
        text => format!("failed constraint {text:?}"),
    }
}

fn dimension_name(dimension: &str) -> &str {
    match dimension {
        "cpu" => "CPU",
        "network: port exhausted" => "free ports",
        other => other,
    }
}

/// Returns what the tasks asked for in a dimension.
fn asked(dimension: &str, metric: &Metric) -> String {
    let amount = |asked: &AskedResources| match dimension {
        "cpu" => Some((asked.cpu, "MHz")),
        "cores" => Some((asked.cores, "cores")),
        "memory" => Some((asked.memory_mb, "MiB")),
        "disk" => Some((asked.disk_mb, "MiB")),
        _ => None,
    };
    let parts: Vec<String> = metric
        .resources_exhausted
        .iter()
        .filter_map(|(task, resources)| Some((task, amount(resources)?)))
        .filter(|(_, (amount, _))| *amount > 0)
        .map(|(task, (amount, unit))| format!("task {task:?} asks {amount} {unit}"))
        .collect();
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(json: &str) -> String {
        why_lines("g", &serde_json::from_str(json).unwrap()).join("\n")
    }

    #[test]
    fn reasons_are_counted_and_the_most_common_comes_first() {
        let text = why(r#"{"NodesEvaluated":9,"NodesFiltered":7,"NodesExhausted":2,"NodesInPool":9,
            "ConstraintFiltered":{"missing drivers":2,"${attr.cpu.arch} = arm64":5},
            "DimensionExhausted":{"memory":2},"ResourcesExhausted":{"t":{"MemoryMB":1980000}},
            "NearestMiss":"node-3 lacks 12 MiB"}"#);
        assert_eq!(
            text,
            "Group \"g\": of 9 nodes looked at, 7 filtered and 2 without room\n  5 nodes failed constraint \
             \"${attr.cpu.arch} = arm64\"\n  2 nodes not enough memory (task \"t\" asks 1980000 MiB)\n  2 nodes \
             without drivers\n  nearest miss: node-3 lacks 12 MiB"
        );
    }

    #[test]
    fn an_empty_pool_is_named() {
        assert_eq!(why(r#"{"NodePool":"gpu"}"#), "Group \"g\": node pool \"gpu\" has no ready node");
        assert_eq!(
            why(r#"{"NodePool":"gpu","NodesInPool":3}"#),
            "Group \"g\": node pool \"gpu\" has 3 nodes, none ready in the job's datacenters"
        );
    }
}
