//! Why something cannot be placed, in words.
//!
//! Purpose: one line per reason with the number of nodes and, where the agent names it, the node that came closest
//! and the smallest change that would let it take the allocation.
//! Limits: counts are those of the evaluation; of the nodes only the closest is known here.

use api::view::{AskedResources, Metric, NearMiss};

/// Returns the reasons of a failed placement, one line each, most nodes first.
#[must_use]
pub fn why_lines(group: &str, metric: &Metric) -> Vec<String> {
    let mut lines = vec![headline(group, metric)];
    if metric.nearest_miss.is_empty() {
        lines.extend(counted_reasons(metric));
    } else {
        lines.extend(metric.nearest_miss.iter().map(|miss| format!("  {}", near_reason(miss))));
    }
    lines
}

/// Returns the reasons of an agent that only counts them, most nodes first.
fn counted_reasons(metric: &Metric) -> Vec<String> {
    let mut reasons: Vec<(u64, String)> = Vec::new();
    for (constraint, &nodes) in &metric.constraint_filtered {
        reasons.push((nodes, filter_reason(constraint)));
    }
    for (dimension, &nodes) in &metric.dimension_exhausted {
        reasons
            .push((nodes, format!("not enough {}{}", dimension_name(dimension), asked(dimension, metric))));
    }
    reasons.sort_by(|left, right| right.0.cmp(&left.0).then_with(|| left.1.cmp(&right.1)));
    reasons.into_iter().map(|(nodes, reason)| format!("  {} {reason}", nodes_text(nodes))).collect()
}

/// Returns one reason with the node that came closest.
fn near_reason(miss: &NearMiss) -> String {
    let (reason, nodes, name) = (&miss.reason, nodes_text(miss.nodes), &miss.node_name);
    let mut text = if miss.exhausted {
        format!("Dimension {reason:?} exhausted on {nodes}")
    } else {
        format!("Constraint {reason:?} filtered {nodes}")
    };
    if let Some(lack) = lack(miss) {
        text.push_str(&format!("; the nearest miss is {name}, which {lack}"));
    }
    match (miss.only_reason, change(miss)) {
        (0, _) => text.push_str("; even then something else is missing"),
        (1, Some(change)) => text.push_str(&format!("; {change} would do")),
        (_, Some(change)) => text.push_str(&format!("; {change} would do there")),
        (_, None) if !miss.exhausted => {
            text.push_str(&format!("; without it {} would fit", nodes_text(miss.only_reason)));
        }
        (_, None) => {}
    }
    text
}

/// Returns what the closest node lacks, if more can be said than the reason says.
fn lack(miss: &NearMiss) -> Option<String> {
    if miss.short > 0 {
        return Some(format!("is {} {} short", miss.short, miss.unit));
    }
    if let Some(value) = &miss.has {
        return Some(format!("has {value:?}"));
    }
    if miss.unset {
        return Some("does not have it".to_owned());
    }
    if !miss.held_by.is_empty() {
        return Some(format!("gave it to job {:?}", miss.held_by));
    }
    (!miss.without.is_empty()).then(|| format!("is without {:?}", miss.without))
}

/// Returns the smallest change that would make room on the closest node.
fn change(miss: &NearMiss) -> Option<String> {
    let lowered =
        miss.asked.checked_sub(miss.short).filter(|_| miss.short > 0 && miss.unit != "allocations")?;
    let (asked, unit) = (miss.asked, &miss.unit);
    Some(if lowered > 0 {
        format!("asking for {lowered} instead of {asked} {unit}")
    } else {
        format!("freeing {} {unit} on it", miss.short)
    })
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
            "NearestMiss":null}"#);
        assert_eq!(
            text,
            "Group \"g\": of 9 nodes looked at, 7 filtered and 2 without room\n  5 nodes failed constraint \
             \"${attr.cpu.arch} = arm64\"\n  2 nodes not enough memory (task \"t\" asks 1980000 MiB)\n  2 nodes \
             without drivers"
        );
    }

    #[test]
    fn the_nearest_miss_is_named_with_the_change_that_would_do() {
        let text = why(r#"{"NodesEvaluated":9,"NodesFiltered":7,"NodesExhausted":2,"NodesInPool":9,
            "NearestMiss":[
              {"Reason":"${attr.kernel.name} = windows","Nodes":5,"OnlyReason":4,"NodeName":"client-1","Has":"linux"},
              {"Reason":"missing drivers","Nodes":2,"OnlyReason":0,"NodeName":"client-1","Without":"docker"},
              {"Reason":"memory","Exhausted":true,"Nodes":2,"OnlyReason":1,"NodeName":"client-2","Short":120,
               "Asked":2048,"Unit":"MiB"},
              {"Reason":"network: reserved port collision http=80","Exhausted":true,"Nodes":1,"OnlyReason":1,
               "NodeName":"client-3","HeldBy":"web"}]}"#);
        assert_eq!(
            text,
            "Group \"g\": of 9 nodes looked at, 7 filtered and 2 without room\n  Constraint \
             \"${attr.kernel.name} = windows\" filtered 5 nodes; the nearest miss is client-1, which has \
             \"linux\"; without it 4 nodes would fit\n  Constraint \"missing drivers\" filtered 2 nodes; the \
             nearest miss is client-1, which is without \"docker\"; even then something else is missing\n  \
             Dimension \"memory\" exhausted on 2 nodes; the nearest miss is client-2, which is 120 MiB short; \
             asking for 1928 instead of 2048 MiB would do\n  Dimension \"network: reserved port collision \
             http=80\" exhausted on 1 node; the nearest miss is client-3, which gave it to job \"web\""
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
