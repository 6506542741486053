//! Why groups are placed where they are, or are not: each node's verdict, best first, and what would help.
//!
//! Limits: a page of nodes, [`Shown::nodes`] of each group.

use model::{AllocMetric, Lack, Name, NodeId};
use scheduler::{Change, Fill, GroupExplained, NodeExplained, NodeVerdict, Resource};
use serde_json::{Map, Value, json};
use state::Snapshot;

use super::list;

/// Which nodes are shown.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Name, id or beginning of the id of the only ones; empty for all.
    pub node: String,
    /// Nodes that are left out at the beginning.
    pub skip: usize,
    /// Nodes that are shown.
    pub nodes: usize,
}

/// Tells whether the caller may be told of a job, by its namespace.
pub type MaySee<'a> = &'a dyn Fn(&str) -> bool;

/// One group.
#[must_use]
pub fn group_explained(
    state: &Snapshot,
    group: &GroupExplained,
    shown: &Shown,
    may_see: MaySee<'_>,
) -> Value {
    let ranked = ranked(group);
    let total = ranked.len();
    let wanted = |node: &NodeExplained| {
        shown.node.is_empty() || *node.name == *shown.node || node.node.to_string().starts_with(&shown.node)
    };
    let nodes = ranked.into_iter().filter(|(_, node)| wanted(node)).skip(shown.skip).take(shown.nodes);
    let nodes: Vec<Value> = nodes.map(|(rank, node)| node_explained(group, rank, node)).collect();
    let pass = std::sync::Arc::new(group.pass.clone());
    let metric = AllocMetric { pass, scores: Vec::new(), coalesced_failures: 0 };
    let changes = group.changes.iter().map(|one| change(state, one, may_see)).collect();
    let ask = &group.ask;
    json!({
        "Group": &*group.group,
        "Ask": {
            "CPU": ask.cpu_mhz, "Cores": ask.cores, "MemoryMB": ask.memory_mb, "DiskMB": ask.disk_mb,
            "MBits": ask.mbits,
        },
        "Metric": super::metric(&metric),
        "NodeID": group.best.map_or_else(String::new, |id| id.to_string()),
        "NodeName": group.best.map_or_else(String::new, |id| name_of(state, id)),
        "Preempted": list(group.evicted.iter().map(|id| id.to_string().into()).collect()),
        "Changes": list(changes),
        "Nodes": list(nodes),
        "NodesTotal": total,
    })
}

/// The nodes in the order in which they would be used, with their rank; those that may not be used behind, the
/// nearest misses first.
fn ranked(group: &GroupExplained) -> Vec<(Option<usize>, &NodeExplained)> {
    let score = |node: &NodeExplained| match &node.verdict {
        NodeVerdict::Scored(score) => Some(score.score),
        NodeVerdict::Filtered(_) | NodeVerdict::Exhausted(_) => None,
    };
    let mut nodes: Vec<&NodeExplained> = group.nodes.iter().collect();
    nodes.sort_by(|left, right| match (score(left), score(right)) {
        (Some(a), Some(b)) => b
            .total_cmp(&a)
            .then_with(|| (Some(right.node) == group.best).cmp(&(Some(left.node) == group.best))),
        (Some(_), None) => std::cmp::Ordering::Less,
        (None, Some(_)) => std::cmp::Ordering::Greater,
        (None, None) => nearness(left).cmp(&nearness(right)),
    });
    let rank = |(at, node): (usize, _)| (score(node).map(|_| at + 1), node);
    nodes.into_iter().enumerate().map(rank).collect()
}

/// How far a node is from taking the allocation.
fn nearness(node: &NodeExplained) -> (usize, u64) {
    let by = match node.lacks.first() {
        Some((_, Lack::Short { by, .. })) => *by,
        Some(_) | None => 0,
    };
    (node.lacks.len(), by)
}

fn node_explained(group: &GroupExplained, rank: Option<usize>, node: &NodeExplained) -> Value {
    let mut json = json!({
        "NodeID": node.node.to_string(), "NodeName": &*node.name, "Rank": rank,
        "Chosen": group.best == Some(node.node), "GroupAllocs": node.of_group, "Fill": fill(group, &node.fill),
        "Lacks": list(node.lacks.iter().map(|(reason, lack)| lacking(reason, lack)).collect()),
    });
    match &node.verdict {
        NodeVerdict::Scored(score) => {
            let parts: Map<String, Value> =
                score.parts.iter().map(|(part, value)| (part.as_str().to_owned(), (*value).into())).collect();
            json["Verdict"] = "scored".into();
            json["NormScore"] = score.score.into();
            json["Scores"] = parts.into();
        }
        NodeVerdict::Filtered(reason) => {
            json["Verdict"] = "filtered".into();
            json["Reason"] = reason.as_str().into();
        }
        NodeVerdict::Exhausted(reason) => {
            json["Verdict"] = "exhausted".into();
            json["Reason"] = reason.as_str().into();
        }
    }
    json
}

/// What a node lacks.
fn lacking(reason: &Name, lack: &Lack) -> Value {
    let mut json = json!({ "Reason": &**reason });
    super::metric::put_lack(&mut json, lack);
    json
}

/// What a node has and what is in use of it, the new allocation apart.
fn fill(group: &GroupExplained, fill: &Fill) -> Value {
    let of = |has: u64, used: u64, asked: u64| json!({ "Has": has, "Used": used, "Asked": asked });
    let (has, used, ask) = (&fill.has, &fill.used, &group.ask);
    json!({
        "CPU": of(has.cpu_mhz, used.cpu_mhz, ask.cpu_mhz),
        "Memory": of(has.memory_mb, used.memory_mb, ask.memory_mb),
        "Disk": of(has.disk_mb, used.disk_mb, ask.disk_mb),
        "Network": of(fill.mbits.0, fill.mbits.1, ask.mbits),
        "Devices": of(fill.devices.0.into(), fill.devices.1.into(), 0),
        "Ports": fill.ports, "Cores": fill.cores, "Allocs": fill.allocs,
    })
}

fn name_of(state: &Snapshot, id: NodeId) -> String {
    state.node(id).map_or_else(|| id.to_string(), |node| node.name.to_string())
}

/// One change that would help.
fn change(state: &Snapshot, change: &Change, may_see: MaySee<'_>) -> Value {
    let on = |id: &NodeId| (id.to_string(), name_of(state, *id));
    let with_node = |mut json: Value, node: &NodeId| {
        let (id, name) = on(node);
        (json["NodeID"], json["NodeName"]) = (id.into(), name.into());
        json
    };
    let resource = |kind: &str, resource: &Resource| {
        let mut json = json!({ "Kind": kind, "Resource": resource.as_str(), "Unit": resource.unit() });
        if let Resource::Port(port) = resource {
            json["Port"] = (*port).into();
        }
        json
    };
    match change {
        Change::Lower { resource: what, task, from, to, node } => {
            let mut json = resource("lower", what);
            (json["Task"], json["From"], json["To"]) = ((&**task).into(), (*from).into(), (*to).into());
            with_node(json, node)
        }
        Change::Free { resource: what, by, node, stopping } => {
            let mut json = resource("free", what);
            json["By"] = (*by).into();
            json["Stopping"] = stopping.iter().map(|id| stopped(state, *id, may_see)).collect();
            with_node(json, node)
        }
        Change::Drop { constraint, nodes } => {
            json!({ "Kind": "drop", "Constraint": &**constraint, "Nodes": nodes })
        }
        Change::Provide { volume, name, node } => {
            let what = if *volume { "volume" } else { "driver" };
            with_node(json!({ "Kind": "provide", "What": what, "Name": &**name }), node)
        }
        Change::Admit { node, nodes } => with_node(json!({ "Kind": "admit", "Nodes": nodes }), node),
        Change::Datacenter { name, nodes } => {
            json!({ "Kind": "datacenter", "Name": &**name, "Nodes": nodes })
        }
        Change::Pool { name, nodes } => json!({ "Kind": "pool", "Name": &**name, "Nodes": nodes }),
    }
}

/// An allocation whose end would help; of jobs that the caller may not see only the id.
fn stopped(state: &Snapshot, id: model::AllocId, may_see: MaySee<'_>) -> Value {
    let known = state.alloc(id).filter(|alloc| may_see(&alloc.job.namespace));
    match known {
        Some(alloc) => json!({
            "ID": id.to_string(), "JobID": alloc.job.id, "Namespace": alloc.job.namespace,
            "TaskGroup": &*alloc.group, "Priority": alloc.job.priority,
        }),
        None => json!({ "ID": id.to_string() }),
    }
}
