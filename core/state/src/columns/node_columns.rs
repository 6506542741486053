//! All chunks, and where each node is in them.

use std::sync::Arc;

use imbl::{OrdMap, OrdSet};
use model::{Alloc, Node, NodeId};

use super::{CHUNK, Held, Memo, NodeChunk, Room};

/// The columns of all nodes of a region. Cheap to clone: chunks are shared until they change.
#[derive(Debug, Clone, Default)]
pub struct NodeColumns {
    chunks: Vec<Arc<NodeChunk>>,
    slots: OrdMap<NodeId, u32>,
    free: OrdSet<u32>,
    held: OrdMap<NodeId, Arc<Held>>,
    /// Nodes on which something is held twice.
    contested: OrdSet<NodeId>,
    memo: Memo,
}

/// One row of the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NodeRow {
    /// The node.
    pub id: NodeId,
    /// Its computed class.
    pub class: u64,
    /// What it offers beside its class ([`model::offer_class`]).
    pub offer: u64,
    /// Allocations that it takes at most; 0 means any number.
    pub max_allocs: u32,
    /// Whether new allocations may be placed.
    pub ready: bool,
    /// What it has for allocations.
    pub capacity: Room,
    /// What they use.
    pub used: Room,
    /// Allocations that hold room.
    pub allocs: u32,
    /// How often the slot was given to another node.
    pub generation: u32,
}

/// Chunk and row of a slot.
const fn place(slot: u32) -> (usize, usize) {
    (slot as usize / CHUNK, slot as usize % CHUNK)
}

impl NodeColumns {
    /// The chunks in slot order: row `r` of chunk `c` is slot `c * CHUNK + r`.
    #[must_use]
    pub fn chunks(&self) -> &[Arc<NodeChunk>] {
        &self.chunks
    }

    /// How many nodes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether there is no node.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// The slot of a node.
    #[must_use]
    pub fn slot(&self, id: NodeId) -> Option<u32> {
        self.slots.get(&id).copied()
    }

    /// The row at a slot; none if the slot holds no node.
    #[must_use]
    pub fn row(&self, slot: u32) -> Option<NodeRow> {
        let (chunk, row) = place(slot);
        let chunk = self.chunks.get(chunk)?;
        let id = chunk.id[row];
        (!id.is_none()).then(|| NodeRow {
            id,
            class: chunk.class[row],
            offer: chunk.offer[row],
            max_allocs: chunk.max_allocs[row],
            ready: chunk.ready[row] != 0,
            capacity: chunk.capacity.at(row),
            used: chunk.used.at(row),
            allocs: chunk.allocs[row],
            generation: chunk.generation[row],
        })
    }

    /// The row of a node.
    #[must_use]
    pub fn node(&self, id: NodeId) -> Option<NodeRow> {
        self.row(self.slot(id)?)
    }

    /// The slot of every node, in the order of node ids.
    pub fn slots(&self) -> impl Iterator<Item = u32> {
        self.slots.values().copied()
    }

    /// All rows in the order of node ids.
    pub fn in_order(&self) -> impl Iterator<Item = NodeRow> {
        self.slots.values().filter_map(|slot| self.row(*slot))
    }

    /// Ports, cores and devices in use on a node; none if nothing of the kind is.
    #[must_use]
    pub fn held(&self, id: NodeId) -> Option<&Held> {
        self.held.get(&id).map(AsRef::as_ref)
    }

    /// Every node of which something is held, in the order of their ids.
    pub fn all_held(&self) -> impl Iterator<Item = (NodeId, &Held)> {
        self.held.iter().map(|(id, held)| (*id, &**held))
    }

    /// Nodes on which a port, core or device is held by more than one allocation, in the order of their ids.
    pub fn contested(&self) -> impl Iterator<Item = NodeId> {
        self.contested.iter().copied()
    }

    /// What readers derived from the nodes.
    #[must_use]
    pub const fn memo(&self) -> &Memo {
        &self.memo
    }

    /// Takes over a node: into its row, or the lowest free one. Tells whether the row is new, which has no usage.
    pub(crate) fn put_node(&mut self, node: &Node) -> bool {
        self.memo = Memo::default();
        let known = self.slot(node.id);
        let slot = known.unwrap_or_else(|| self.take_slot(node.id));
        let (chunk, row) = place(slot);
        let chunk = Arc::make_mut(&mut self.chunks[chunk]);
        chunk.capacity.set(row, Room::of_node(node));
        chunk.class[row] = node.computed_class;
        chunk.offer[row] = model::offer_class(node);
        chunk.max_allocs[row] = node.resources.max_allocs;
        chunk.ready[row] = u8::from(node.is_ready());
        known.is_none()
    }

    fn take_slot(&mut self, id: NodeId) -> u32 {
        let slot = if let Some(slot) = self.free.get_min().copied() {
            self.free.remove(&slot);
            slot
        } else {
            u32::try_from(self.slots.len()).expect("a region has fewer than 2^32 nodes")
        };
        let (chunk, row) = place(slot);
        if chunk == self.chunks.len() {
            self.chunks.push(Arc::new(NodeChunk::new()));
        }
        Arc::make_mut(&mut self.chunks[chunk]).id[row] = id;
        self.slots.insert(id, slot);
        slot
    }

    /// Empties the row of a node.
    pub(super) fn remove_node(&mut self, id: NodeId) {
        let Some(slot) = self.slots.remove(&id) else { return };
        self.memo = Memo::default();
        let (chunk, row) = place(slot);
        let chunk = Arc::make_mut(&mut self.chunks[chunk]);
        chunk.capacity.set(row, Room::default());
        chunk.used.set(row, Room::default());
        chunk.class[row] = 0;
        chunk.offer[row] = 0;
        chunk.max_allocs[row] = 0;
        chunk.id[row] = NodeId::NONE;
        chunk.generation[row] = chunk.generation[row].wrapping_add(1);
        chunk.allocs[row] = 0;
        chunk.ready[row] = 0;
        self.free.insert(slot);
        self.held.remove(&id);
        self.contested.remove(&id);
    }

    /// Adds what an allocation uses; nothing if its node is not there.
    pub(crate) fn hold(&mut self, alloc: &Alloc, room: Room) {
        let Some(slot) = self.slot(alloc.node) else { return };
        let (chunk, row) = place(slot);
        let chunk = Arc::make_mut(&mut self.chunks[chunk]);
        chunk.used.add(row, room);
        chunk.allocs[row] += 1;
        if Held::concerns(alloc) {
            let held = Arc::make_mut(self.held.entry(alloc.node).or_default());
            held.count(alloc, true);
            if held.is_contested() {
                self.contested.insert(alloc.node);
            }
        }
    }

    /// Takes away what an allocation used.
    pub(super) fn release(&mut self, alloc: &Alloc, room: Room) {
        let Some(slot) = self.slot(alloc.node) else { return };
        let (chunk, row) = place(slot);
        let chunk = Arc::make_mut(&mut self.chunks[chunk]);
        chunk.used.subtract(row, room);
        chunk.allocs[row] = chunk.allocs[row].saturating_sub(1);
        if Held::concerns(alloc)
            && let Some(held) = self.held.get_mut(&alloc.node)
        {
            let held = Arc::make_mut(held);
            let was_contested = held.is_contested();
            held.count(alloc, false);
            if was_contested && !held.is_contested() {
                self.contested.remove(&alloc.node);
            }
            if held.is_empty() {
                self.held.remove(&alloc.node);
            }
        }
    }
}
