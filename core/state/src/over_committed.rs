//! Nodes on which more is promised than there is.
//!
//! What counts is what servers want to go on: an allocation that is to stop still holds its room until its
//! client is done with it, but the plan that stops it may give that room away. Limits: only ready nodes.

use model::{Alloc, Node, NodeId};

use crate::State;
use crate::columns::{Held, HeldPort, Room};

impl State {
    /// Ready nodes whose allocations use more than there is, in any dimension. Plans that were verified never
    /// lead here; a node that registers again with less may.
    #[must_use]
    pub fn over_committed(&self) -> Vec<NodeId> {
        let nodes = self.nodes().filter(|node| node.is_ready());
        nodes.filter(|node| self.is_suspect(node) && self.is_over(node)).map(|node| node.id).collect()
    }

    /// Whether a node could be over-committed, as far as the columns tell.
    fn is_suspect(&self, node: &Node) -> bool {
        let max = node.resources.max_allocs;
        let full = self
            .columns
            .node(node.id)
            .is_some_and(|row| !row.used.fits_in(&row.capacity) || (max > 0 && row.allocs > max));
        full || self.columns.held(node.id).is_some_and(|held| is_shared(held, |_| false))
    }

    /// Counts anew, without what is to stop.
    fn is_over(&self, node: &Node) -> bool {
        let staying = || self.allocs_on_node(node.id).filter(|alloc| !alloc.is_terminal());
        let mut held = Held::default();
        let (mut used, mut count) = (Room::default(), 0);
        for alloc in staying() {
            held.count(alloc, true);
            used = used.plus(&Room::of_alloc(alloc));
            count += 1;
        }
        let max = node.resources.max_allocs;
        let may_share = |port: &HeldPort| staying().any(|alloc| ignores_collision(alloc, port));
        !used.fits_in(&Room::of_node(node)) || (max > 0 && count > max) || is_shared(&held, may_share)
    }
}

fn is_shared(held: &Held, may_share: impl Fn(&HeldPort) -> bool) -> bool {
    held.ports.iter().any(|port| port.count > 1 && !may_share(port))
        || held.cores.iter().any(|core| core.1 > 1)
        || held.devices.iter().any(|device| device.count > 1)
}

/// Whether an allocation lets others use a port of its own.
fn ignores_collision(alloc: &Alloc, port: &HeldPort) -> bool {
    let networks = alloc.task_group().into_iter().flat_map(|group| &group.networks);
    networks.flat_map(|network| &network.reserved_ports).any(|ask| {
        ask.ignore_collision
            && alloc.assigned.ports.iter().any(|taken| taken.value == port.port && *taken.label == *ask.label)
    })
}
