//! The candidate nodes of a pool and its datacenters: what does not change while they are used.
//!
//! Rows are in the order of node ids, which is the same on every server. Slots are where the columns keep a node;
//! they differ between servers, and nothing is decided by their order.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{Job, Name, Node, NodeId, splitmix};
use state::State;
use state::columns::{NodeRow, Room};

use super::Recent;
use crate::cluster::in_scope;
use crate::feasible::Rows;
use crate::place::Sifted;
use crate::usage::Amounts;

/// The row of a slot whose node is no candidate.
const NO_ROW: u32 = u32::MAX;

/// The candidate nodes.
#[derive(Debug, Default)]
pub(crate) struct Frame {
    pool: String,
    datacenters: Vec<String>,
    pub(crate) nodes: Vec<Arc<Node>>,
    /// Ids of the nodes, in order.
    pub(crate) ids: Vec<NodeId>,
    /// A hash of the id by slot, for ties.
    pub(crate) mixed: Vec<u64>,
    /// What each node has for allocations.
    pub(crate) has: Vec<Amounts>,
    /// Allocations that the nodes take at most; 0 means any number.
    pub(crate) max_allocs: Vec<u32>,
    /// Which kind each node is of: nodes of one class with the same offer.
    kinds: Vec<u32>,
    /// The first row of each kind.
    first: Vec<u32>,
    /// The node class of each row: its place in `classes`.
    pub(crate) class: Vec<u32>,
    /// Names of node classes.
    pub(crate) classes: Vec<Name>,
    /// Slot of each row.
    pub(crate) slots: Vec<u32>,
    /// Row of each slot, or [`NO_ROW`]; as long as the columns.
    pub(crate) rows: Vec<u32>,
    /// Candidates by datacenter.
    pub(crate) available: BTreeMap<Name, u32>,
    /// What filters said lately.
    pub(crate) sifted: Recent<Sifted, 64>,
}

/// The frames of one set of nodes.
type Frames = Recent<Frame, 16>;

fn index(number: usize) -> u32 {
    u32::try_from(number).expect("a region has fewer than 2^32 nodes")
}

/// The plain numbers of a row of the columns; what is below nothing counts as nothing.
pub(crate) fn amounts(room: &Room) -> Amounts {
    let quantity = |number: i32| u64::try_from(number).unwrap_or(0);
    Amounts {
        cpu_mhz: quantity(room.cpu_mhz),
        memory_mb: quantity(room.memory_mb),
        disk_mb: quantity(room.disk_mb),
        mbits: quantity(room.mbits),
    }
}

impl Frame {
    /// The nodes on which a job may be placed now.
    pub(crate) fn of(snapshot: &State, job: &Job) -> Arc<Self> {
        let frames = snapshot.columns().memo().get_or_init(Frames::default);
        let is_same = |frame: &Self| frame.pool == job.node_pool && frame.datacenters == job.datacenters;
        frames.get_or_make(is_same, || Self::new(snapshot, job))
    }

    /// What nodes of one kind have in common is looked at once.
    fn new(snapshot: &State, job: &Job) -> Self {
        let columns = snapshot.columns();
        let slots = columns.chunks().len() * state::columns::CHUNK;
        let mut frame = Self {
            pool: job.node_pool.clone(),
            datacenters: job.datacenters.clone(),
            rows: vec![NO_ROW; slots],
            mixed: vec![0; slots],
            ..Self::default()
        };
        let mut known: BTreeMap<(u64, u64), Option<u32>> = BTreeMap::new();
        let mut classes: BTreeMap<Name, u32> = BTreeMap::new();
        // All three are in the order of ids and hold the same nodes.
        let places = columns.in_order().zip(columns.slots());
        for (node, (read, slot)) in snapshot.nodes().zip(places).filter(|(_, (read, _))| read.ready) {
            let kind = *known.entry((read.class, read.offer)).or_insert_with(|| {
                in_scope(job, node).then(|| {
                    frame.first.push(index(frame.nodes.len()));
                    index(frame.first.len() - 1)
                })
            });
            let Some(kind) = kind else { continue };
            let class = *classes.entry(node.class.clone()).or_insert_with(|| {
                frame.classes.push(node.class.clone());
                index(frame.classes.len() - 1)
            });
            frame.push(node, &read, slot, kind, class);
        }
        let mut counts = vec![0; frame.first.len()];
        frame.kinds.iter().for_each(|&kind| counts[kind as usize] += 1);
        for (&first, count) in frame.first.iter().zip(counts) {
            *frame.available.entry(frame.nodes[first as usize].datacenter.clone()).or_default() += count;
        }
        frame
    }

    fn push(&mut self, node: &Arc<Node>, read: &NodeRow, slot: u32, kind: u32, class: u32) {
        self.rows[slot as usize] = index(self.nodes.len());
        self.slots.push(slot);
        self.nodes.push(Arc::clone(node));
        self.ids.push(read.id);
        #[expect(clippy::cast_possible_truncation, reason = "both halves of the id are mixed in")]
        let halves = read.id.0 as u64 ^ (read.id.0 >> 64) as u64;
        self.mixed[slot as usize] = splitmix(halves);
        self.has.push(amounts(&read.capacity));
        self.max_allocs.push(read.max_allocs);
        self.kinds.push(kind);
        self.class.push(class);
    }

    /// How many candidates there are.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The rows as filters look at them.
    pub(crate) fn view(&self) -> Rows<'_> {
        Rows { nodes: &self.nodes, kinds: &self.kinds, first: &self.first }
    }
}
