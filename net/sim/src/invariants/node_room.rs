//! No node is given more than it has, whoever led while plans were committed.
//!
//! Limits: counts what is wanted on a node. What it was told to stop may still be stopping there while the successor that
//! the same plan placed waits for it, so [`State::over_committed`], which counts that too, is no rule for every moment.

use model::NodeId;
use scheduler::{Claim, NodeUse, fits};
use state::State;

/// Returns the nodes that are over-committed.
pub(crate) fn violations(state: &State) -> Vec<String> {
    let ready = state.nodes().filter(|node| node.is_ready());
    ready
        .filter_map(|node| {
            let mut used = NodeUse::default();
            for alloc in state.allocs_on_node(node.id).filter(|alloc| !alloc.is_terminal()) {
                used.add(&Claim::of(alloc));
            }
            let misfit = fits(node, &used).err()?;
            Some(format!("node {} is over-committed, {misfit:?}: {}", node.id, load(state, node.id)))
        })
        .collect()
}

/// Returns what counts on a node, oldest last change first.
fn load(state: &State, node: NodeId) -> String {
    let mut allocs: Vec<_> = state.allocs_on_node(node).filter(|alloc| !alloc.is_terminal()).collect();
    allocs.sort_by_key(|alloc| (alloc.modify_index, alloc.id));
    let texts = allocs.iter().map(|alloc| {
        format!(
            "{} of {} version {}, {}/{}, created at {}, changed at {}",
            alloc.id.short(),
            alloc.job.id,
            alloc.job.version,
            alloc.desired,
            alloc.client,
            alloc.create_index,
            alloc.modify_index
        )
    });
    texts.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn a_node_with_too_much_on_it_is_found() {
        let (node, job) = (testkit::node(1), Arc::new(testkit::job("web")));
        let allocs: Vec<_> = (0..9).map(|number| testkit::alloc(&job, number, &node)).collect();
        let state_of = |count: usize| {
            let builder = state::Builder::new().node(node.clone()).job(Arc::clone(&job));
            builder.allocs(allocs[..count].iter().cloned()).build()
        };
        assert_eq!(violations(&state_of(8)), Vec::<String>::new());
        let found = violations(&state_of(9));
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with(&format!("node {} is over-committed", node.id)), "{found:?}");
    }
}
