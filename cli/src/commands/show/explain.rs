//! `explain`: what is asked for, where it would go, what would help, and every node with its score or its reason.

use std::collections::BTreeSet;

use api::view::{
    AmountView, ChangeView, ExplainView, GroupExplainedView, LackView, NodeExplainedView, StoppedView,
};

use super::alloc::three_digits;
use crate::format::{Length, Table, mebibytes};

/// Returns the page of an explanation, without a final line break.
#[must_use]
pub fn explained(view: &ExplainView, length: Length) -> String {
    let mut sections: Vec<String> = view.groups.iter().map(|group| group_page(view, group, length)).collect();
    if view.groups_left_out > 0 {
        let left_out = view.groups_left_out;
        sections.push(format!("{left_out} more groups: name one with -group"));
    }
    sections.join("\n\n")
}

/// Returns what is said of the nodes for a job that is only planned.
#[must_use]
pub fn planned(job: &serde_json::Value, groups: Vec<GroupExplainedView>) -> String {
    let text = |key: &str| job[key].as_str().unwrap_or_default().to_owned();
    let (job_id, kind) = (text("ID"), text("Type"));
    explained(&ExplainView { job_id, kind, groups, ..ExplainView::default() }, Length::Full)
}

fn group_page(view: &ExplainView, group: &GroupExplainedView, length: Length) -> String {
    let mut sections = vec![headline(view, group, length)];
    if !runs_already(view, group) {
        sections.extend(changes(group, length));
    }
    sections.extend(scored(group, length));
    sections.extend(closed(group, length));
    let shown = group.nodes.len() as u64;
    if shown < group.nodes_total {
        let total = group.nodes_total;
        sections.push(format!("{shown} of {total} nodes are shown: -all shows every one, -node one of them"));
    }
    sections.join("\n\n")
}

fn headline(view: &ExplainView, group: &GroupExplainedView, length: Length) -> String {
    let (job, name) = (&view.job_id, &group.group);
    let mut counts = match view.kind.as_str() {
        "system" | "sysbatch" => format!("one on every node, {} placed", group.live),
        _ => format!("{} wanted, {} placed", group.count, group.live),
    };
    if group.queued > 0 {
        counts.push_str(&format!(", {} waiting", group.queued));
    }
    let mut lines = vec![format!("Job {job:?}, group {name:?}: {counts}"), String::new()];
    let what = if view.runs_on.is_empty() { "One more allocation" } else { "The allocation" };
    lines.push(format!("{what} asks for {}", ask(group)));
    lines.push(if group.node_id.is_empty() {
        nowhere(view, group)
    } else {
        let id = length.id(&group.node_id);
        let stays = if group.node_id == view.runs_on { ", where it is" } else { "" };
        format!("It would go to {} ({id}){stays}", group.node_name)
    });
    if !group.preempted.is_empty() {
        let ids: Vec<&str> = group.preempted.iter().map(|id| length.id(id)).collect();
        lines.push(format!("It would preempt {}", ids.join(", ")));
    }
    lines.join("\n")
}

/// Whether a group that is wanted on every node is on some.
fn runs_already(view: &ExplainView, group: &GroupExplainedView) -> bool {
    matches!(view.kind.as_str(), "system" | "sysbatch") && group.live > 0
}

/// Says that no node takes it, with the counts.
fn nowhere(view: &ExplainView, group: &GroupExplainedView) -> String {
    let metric = &group.metric;
    if metric.nodes_evaluated == 0 {
        return "No ready node is in its pool and datacenters".to_owned();
    }
    let taker = if runs_already(view, group) { "No further node takes it" } else { "No node takes it" };
    format!(
        "{taker}: of {} looked at, {} filtered and {} without room",
        nodes_text(metric.nodes_evaluated),
        metric.nodes_filtered,
        metric.nodes_exhausted
    )
}

fn ask(group: &GroupExplainedView) -> String {
    let ask = &group.ask;
    let mebibytes = |amount: u64| mebibytes(i64::try_from(amount).unwrap_or(i64::MAX));
    let mut parts = Vec::new();
    if ask.cores > 0 {
        parts.push(format!("{} cores", ask.cores));
    }
    if ask.cpu > 0 || ask.cores == 0 {
        parts.push(format!("{} MHz", ask.cpu));
    }
    parts.push(format!("{} memory", mebibytes(ask.memory_mb)));
    parts.push(format!("{} disk", mebibytes(ask.disk_mb)));
    parts.join(", ")
}

fn nodes_text(nodes: u64) -> String {
    if nodes == 1 { "1 node".to_owned() } else { format!("{nodes} nodes") }
}

/// Returns what would help, the smallest change first; `None` when it is placed.
pub(super) fn changes(group: &GroupExplainedView, length: Length) -> Option<String> {
    if !group.node_id.is_empty() {
        return None;
    }
    let mut lines: Vec<String> = group.changes.iter().map(|change| change_text(change, length)).collect();
    if lines.is_empty() {
        if group.metric.nodes_evaluated == 0
            || group.metric.nodes_exhausted + group.metric.nodes_filtered == 0
        {
            return None;
        }
        return Some("No single change would place it".to_owned());
    }
    lines[0] = format!("  {}", lines[0]);
    for line in lines.iter_mut().skip(1) {
        *line = format!("  or {line}");
    }
    let title =
        if lines.len() == 1 { "What would place it" } else { "What would place it, smallest change first" };
    Some(format!("{title}\n{}", lines.join("\n")))
}

fn change_text(change: &ChangeView, length: Length) -> String {
    let (node, name) = (&change.node_name, &change.name);
    match change.kind.as_str() {
        "lower" => {
            let whose =
                if change.task.is_empty() { String::new() } else { format!(" in task {:?}", change.task) };
            let (to, from, unit, what) = (change.to, change.from, &change.unit, resource(change));
            format!("ask for {to} instead of {from} {unit}{what}{whose}: {node} takes it then")
        }
        "free" if change.port > 0 => {
            format!("free port {} on {node}{}", change.port, stopping(&change.stopping, length))
        }
        "free" => {
            let (by, unit, what) = (change.by, &change.unit, resource(change));
            format!("free {by} {unit}{what} on {node}{}", stopping(&change.stopping, length))
        }
        "drop" => {
            let nodes = nodes_text(change.nodes);
            format!(
                "go without the constraint {:?}: it excludes {nodes} that would fit",
                change.constraint.trim_end()
            )
        }
        "provide" => format!("give {node} the {} {name:?}", change.what),
        "admit" => {
            let more = if change.nodes > 1 {
                format!(", or another of {} such nodes", change.nodes)
            } else {
                String::new()
            };
            format!("let {node} take allocations again: it is drained or ineligible{more}")
        }
        "datacenter" => format!("allow datacenter {name:?}: {} there would fit", nodes_text(change.nodes)),
        "pool" => format!("use node pool {name:?}: {} there would fit", nodes_text(change.nodes)),
        other => format!("{other} {name}"),
    }
}

/// The name of what is asked for, where the unit does not say it.
fn resource(change: &ChangeView) -> String {
    match change.resource.as_str() {
        "memory" | "disk" => format!(" of {}", change.resource),
        _ => String::new(),
    }
}

fn stopping(allocs: &[StoppedView], length: Length) -> String {
    let names = allocs.iter().map(|alloc| {
        let id = length.id(&alloc.id);
        if alloc.job_id.is_empty() {
            format!("allocation {id}")
        } else {
            format!("{}.{} ({id}, priority {})", alloc.job_id, alloc.task_group, alloc.priority)
        }
    });
    let names: Vec<String> = names.collect();
    if names.is_empty() { String::new() } else { format!(": stop {}", names.join(" and ")) }
}

/// The nodes that may be used: terms of the scores, and how full they would be.
fn scored(group: &GroupExplainedView, length: Length) -> Option<String> {
    let open: Vec<&NodeExplainedView> = group.nodes.iter().filter(|node| node.verdict == "scored").collect();
    if open.is_empty() {
        return None;
    }
    let terms: BTreeSet<&str> = open
        .iter()
        .flat_map(|node| &node.scores)
        .filter(|(_, score)| **score != 0.0)
        .map(|(name, _)| name.as_str())
        .collect();
    let mut header = vec!["Rank", "Node ID", "Name", "Score"];
    header.extend(terms.iter().copied());
    header.extend(["Here", "CPU", "Memory", "Disk", "Network", "Devices"]);
    let mut table = Table::with_blanks(&header);
    for node in open {
        let mark = if node.chosen { "*" } else { "" };
        let rank = node.rank.map(|rank| format!("{rank}{mark}")).unwrap_or_default();
        let mut row = vec![
            rank,
            length.id(&node.node_id).to_owned(),
            node.node_name.clone(),
            three_digits(node.norm_score),
        ];
        row.extend(
            terms
                .iter()
                .map(|term| node.scores.get(*term).map_or_else(String::new, |score| three_digits(*score))),
        );
        row.push(node.group_allocs.to_string());
        let fill = &node.fill;
        row.extend([&fill.cpu, &fill.memory, &fill.disk, &fill.network, &fill.devices].map(percent));
        table.row(row);
    }
    let note = "Here: allocations of the group; CPU to Devices: how full the node would be";
    Some(format!("Nodes that take it\n{}\n{note}", table.render()))
}

/// How full something would be.
fn percent(amount: &AmountView) -> String {
    if amount.has == 0 {
        return "-".to_owned();
    }
    let full = (amount.used + amount.asked) as f64 / amount.has as f64 * 100.0;
    format!("{full:.0}%")
}

/// The nodes that may not be used, with everything that they lack.
fn closed(group: &GroupExplainedView, length: Length) -> Option<String> {
    let mut table = Table::with_blanks(&["Node ID", "Name", "Here", "Why not"]);
    for node in group.nodes.iter().filter(|node| node.verdict != "scored") {
        let mut reasons: Vec<String> = node.lacks.iter().map(lack).collect();
        if reasons.is_empty() {
            reasons.push(node.reason.clone());
        }
        let id = length.id(&node.node_id).to_owned();
        table.row([id, node.node_name.clone(), node.group_allocs.to_string(), reasons.join("; ")]);
    }
    (!table.is_empty()).then(|| format!("Nodes that do not take it\n{}", table.render()))
}

fn lack(lack: &LackView) -> String {
    let reason = lack.reason.trim_end();
    if lack.short > 0 {
        return format!("{} of {} {} short ({reason})", lack.short, lack.asked, lack.unit);
    }
    if let Some(has) = &lack.has {
        return format!("{reason}: it has {has:?}");
    }
    if lack.unset {
        return format!("{reason}: it has none");
    }
    if !lack.held_by.is_empty() {
        return format!("{reason}: job {:?} has it", lack.held_by);
    }
    if lack.without.is_empty() { reason.to_owned() } else { format!("{reason}: {:?}", lack.without) }
}
