//! Every node is there, ready, and takes allocations again.

use state::State;

/// Returns what is missing until `wanted` nodes are back.
pub(crate) fn unfinished(state: &State, wanted: u64) -> Vec<String> {
    let mut found: Vec<String> = state
        .nodes()
        .filter(|node| !node.is_ready() || !node.eligible || node.drain.is_some())
        .map(|node| {
            let drains = if node.drain.is_some() { ", draining" } else { "" };
            format!("node {} is {}, eligible {}{drains}", node.id, node.status, node.eligible)
        })
        .collect();
    let there = state.nodes().count() as u64;
    if there != wanted {
        found.push(format!("{there} of {wanted} nodes are there"));
    }
    found
}
