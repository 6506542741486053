//! What would happen: who moves, who waits and why, and how full nodes are before and after.
//!
//! Limits: [`MAX_MOVES`] moves are listed, the others are counted.

use control::whatif::{Move, Unplaced, Utilisation, WhatIf};
use model::NodeId;
use serde_json::{Value, json};

use super::explain::{MaySee, Shown, group_explained};
use super::list;

/// Moves that are listed.
pub const MAX_MOVES: usize = 10_000;

/// The answer.
#[must_use]
pub fn what_if(what: &WhatIf, may_see: MaySee<'_>) -> Value {
    let seen = || what.moves.iter().filter(|one| may_see(&one.job.namespace));
    let count = |wanted: fn(&Move) -> bool| what.moves.iter().filter(|one| wanted(one)).count();
    let moves: Vec<Value> = seen().take(MAX_MOVES).map(|one| moved(what, one)).collect();
    let unplaced = what.unplaced.iter().filter(|one| may_see(&one.job.namespace));
    let unplaced: Vec<Value> = unplaced.map(|one| waiting(what, one, may_see)).collect();
    let unpromoted = what.unpromoted.iter().filter(|job| may_see(&job.namespace));
    json!({
        "Before": utilisation(&what.full_before),
        "After": utilisation(&what.full_after),
        "Moved": count(|one| one.from.is_some() && one.to.is_some() && one.from != one.to),
        "Replaced": count(|one| one.from.is_some() && one.from == one.to),
        "Started": count(|one| one.from.is_none()),
        "Stopped": count(|one| one.to.is_none()),
        "Moves": list(moves),
        "MovesTotal": seen().count(),
        "Unplaced": list(unplaced),
        "AwaitsPromotion": list(unpromoted.map(|job| job.id.to_string().into()).collect()),
    })
}

fn name_of(what: &WhatIf, id: NodeId) -> String {
    let node = what.after.node(id).or_else(|| what.before.node(id));
    node.map_or_else(|| id.to_string(), |node| node.name.to_string())
}

fn moved(what: &WhatIf, one: &Move) -> Value {
    let node = |id: Option<NodeId>| {
        id.map_or(Value::Null, |id| json!({ "ID": id.to_string(), "Name": name_of(what, id) }))
    };
    json!({
        "JobID": &*one.job.id, "Namespace": &*one.job.namespace, "TaskGroup": &*one.group, "Index": one.index,
        "AllocID": one.alloc.map_or_else(String::new, |id| id.to_string()), "Preempted": one.preempted,
        "From": node(one.from), "To": node(one.to),
    })
}

fn waiting(what: &WhatIf, one: &Unplaced, may_see: MaySee<'_>) -> Value {
    let shown = Shown { node: String::new(), skip: 0, nodes: 0 };
    let why = one.why.as_ref().map(|why| group_explained(&what.after, why, &shown, may_see));
    json!({
        "JobID": &*one.job.id, "Namespace": &*one.job.namespace, "TaskGroup": &*one.group,
        "Queued": one.count, "QueuedBefore": one.before, "Why": why,
    })
}

fn utilisation(full: &Utilisation) -> Value {
    let of = |(has, used): (u64, u64)| json!({ "Has": has, "Used": used });
    json!({
        "Nodes": full.nodes, "NodesReady": full.ready, "NodesUsed": full.used, "Allocs": full.allocs,
        "CPU": of(full.cpu_mhz), "Memory": of(full.memory_mb), "Disk": of(full.disk_mb),
    })
}
