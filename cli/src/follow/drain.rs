//! What to say about a node that is being drained.
//!
//! ```text
//!   drain set ──> allocations marked ──> draining ──> over ──> none left: all have stopped
//!       └──────── no drain any more: complete ──────────────────────┘
//! ```
//! Limits: an event is said once, in the order of the answers; ends when the drain is over and nothing runs that
//! had to go.

use std::collections::BTreeMap;

use api::view::{AllocView, NodeView};

/// What has been said so far.
#[derive(Clone, Debug, Default)]
pub struct DrainMonitor {
    complete: bool,
    stopped: bool,
    allocs: BTreeMap<String, Seen>,
}

/// What is known of an allocation.
#[derive(Clone, Debug)]
struct Seen {
    marked: bool,
    draining: bool,
    client_status: String,
}

impl DrainMonitor {
    /// Returns what is new, one line each.
    pub fn observe(&mut self, node: &NodeView, allocs: &[AllocView]) -> Vec<String> {
        let mut lines = Vec::new();
        if !node.drain && !self.complete {
            self.complete = true;
            lines.push(format!("Drain complete for node {}", node.id));
        }
        for alloc in allocs {
            self.alloc(alloc, &mut lines);
        }
        let over = |alloc: &&AllocView| is_over(alloc) || !leaves(alloc);
        if self.complete && !self.stopped && allocs.iter().all(|alloc| over(&alloc)) {
            self.stopped = true;
            lines.push(format!("All allocations on node {:?} have stopped", node.id));
        }
        lines
    }

    /// Tells whether nothing more will happen.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.stopped
    }

    fn alloc(&mut self, alloc: &AllocView, lines: &mut Vec<String>) {
        let id = &alloc.id;
        let marked = alloc.desired_transition.migrate == Some(true);
        let draining = marked && alloc.desired_status != "run";
        let Some(seen) = self.allocs.get_mut(id) else {
            if is_over(alloc) {
                return;
            }
            lines.extend(marked.then(|| format!("Alloc {id:?} marked for migration")));
            lines.extend(draining.then(|| format!("Alloc {id:?} draining")));
            let seen = Seen { marked, draining, client_status: alloc.client_status.clone() };
            self.allocs.insert(id.clone(), seen);
            return;
        };
        lines.extend((marked && !seen.marked).then(|| format!("Alloc {id:?} marked for migration")));
        lines.extend((draining && !seen.draining).then(|| format!("Alloc {id:?} draining")));
        if alloc.client_status != seen.client_status {
            lines.push(format!("Alloc {id:?} status {} -> {}", seen.client_status, alloc.client_status));
        }
        *seen = Seen { marked, draining, client_status: alloc.client_status.clone() };
    }
}

fn is_over(alloc: &AllocView) -> bool {
    matches!(alloc.client_status.as_str(), "complete" | "failed" | "lost")
}

/// Whether the drain moves it: system jobs may be left alone.
fn leaves(alloc: &AllocView) -> bool {
    alloc.desired_transition.migrate == Some(true) || alloc.desired_status != "run"
}
