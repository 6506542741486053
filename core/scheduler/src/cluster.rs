//! The candidate nodes of one evaluation, and what is in use on them while its plan grows.
//!
//! Rows are in the order of node ids, which is the same on every server. Ports, cores and devices are looked at
//! only where a group asks for them.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{Alloc, Job, Node, NodeId, TaskGroup};
use state::State;
use state::columns::CHUNK;

use crate::feasible::in_datacenters;
use crate::fits::{Misfit, fits};
use crate::frame::{Frame, amounts};
use crate::place::At;
use crate::usage::{Amounts, Claim, NodeUse};

/// The candidate nodes of one evaluation.
#[derive(Debug, Clone)]
pub(crate) struct Cluster<'a> {
    snapshot: &'a State,
    frame: Arc<Frame>,
    /// Where `changed` has the row of a slot: its place and 1; 0 where the columns of the snapshot say what is in use.
    places: Vec<u32>,
    changed: Vec<Changed>,
    /// Nodes that are over-committed already, whatever the plan does.
    broken: BTreeMap<usize, Misfit>,
    /// Whether groups of this evaluation ask for ports, cores or devices.
    detailed: bool,
}

/// What is in use on a row that was looked at closely, or changed.
#[derive(Debug, Clone)]
struct Changed {
    row: u32,
    used: Amounts,
    allocs: u32,
    /// Ports, cores and devices in use; made when first needed.
    detail: Option<Box<NodeUse>>,
}

/// What a node has and what is in use on it, one number for each dimension: quick to compare.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Numbers {
    cpu_mhz: u64,
    memory_mb: u64,
    disk_mb: u64,
    mbits: u64,
}

impl PartialEq for Numbers {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        let cpu_and_memory = (self.cpu_mhz ^ other.cpu_mhz) | (self.memory_mb ^ other.memory_mb);
        let rest = (self.disk_mb ^ other.disk_mb) | (self.mbits ^ other.mbits);
        cpu_and_memory | rest == 0
    }
}

fn both(has: i32, used: i32) -> u64 {
    u64::from(has.cast_unsigned()) << 32 | u64::from(used.cast_unsigned())
}

/// Whether a group asks for ports, cores or devices.
pub(crate) fn asks_exclusive(group: &TaskGroup) -> bool {
    let ports =
        |network: &model::NetworkAsk| !network.reserved_ports.is_empty() || !network.dynamic_ports.is_empty();
    let exclusive = |resources: &model::Resources| resources.cores > 0 || !resources.devices.is_empty();
    group.networks.iter().any(ports)
        || group.tasks.iter().filter_map(|task| task.resources.as_ref()).any(exclusive)
}

/// Whether a node belongs to the pool and datacenters of a job, ready or not.
pub(crate) fn in_scope(job: &Job, node: &Node) -> bool {
    let pool = job.node_pool.as_str();
    (pool.is_empty() || pool == "all" || *node.pool == *pool)
        && in_datacenters(&job.datacenters, &node.datacenter)
}

impl<'a> Cluster<'a> {
    /// The nodes on which a job may be placed now. Nodes are not touched: what does not change is shared with
    /// other evaluations, and the rest stays in the columns.
    pub(crate) fn new(snapshot: &'a State, job: &Job) -> Self {
        let frame = Frame::of(snapshot, job);
        let mut cluster = Self {
            snapshot,
            places: vec![0; frame.rows.len()],
            frame,
            changed: Vec::new(),
            broken: BTreeMap::new(),
            detailed: job.task_groups.iter().any(asks_exclusive),
        };
        for id in snapshot.columns().contested() {
            if let Some(row) = cluster.row(id) {
                cluster.note_broken(row);
            }
        }
        cluster
    }

    fn note_broken(&mut self, row: usize) {
        let node = Arc::clone(self.node(row));
        if let Err(misfit) = fits(&node, self.node_use(row)) {
            match misfit {
                Misfit::Port { .. } | Misfit::Cores | Misfit::Devices => _ = self.broken.insert(row, misfit),
                Misfit::MaxAllocs | Misfit::Cpu | Misfit::Memory | Misfit::Disk | Misfit::Bandwidth => {}
            }
        }
    }

    /// How many candidates there are.
    pub(crate) fn len(&self) -> usize {
        self.frame.len()
    }

    /// What does not change, shared with other evaluations.
    pub(crate) const fn frame(&self) -> &Arc<Frame> {
        &self.frame
    }

    /// The node of a row.
    pub(crate) fn node(&self, row: usize) -> &Arc<Node> {
        &self.frame.nodes[row]
    }

    /// The id of a row's node.
    pub(crate) fn id(&self, row: usize) -> NodeId {
        self.frame.ids[row]
    }

    /// A row with its slot.
    pub(crate) fn at(&self, row: usize) -> At {
        At { row, slot: self.frame.slots[row] as usize }
    }

    /// A hash of the id of a slot's node.
    pub(crate) fn mixed(&self, slot: usize) -> u64 {
        self.frame.mixed[slot]
    }

    /// What a row has for allocations.
    pub(crate) fn has(&self, row: usize) -> Amounts {
        self.frame.has[row]
    }

    fn change_of(&self, row: usize) -> Option<&Changed> {
        let slot = self.frame.slots[row] as usize;
        self.places[slot].checked_sub(1).map(|place| &self.changed[place as usize])
    }

    /// What is in use on a row.
    pub(crate) fn used(&self, row: usize) -> Amounts {
        self.change_of(row).map_or_else(|| self.as_in_columns(row).0, |changed| changed.used)
    }

    /// How many allocations a row has.
    pub(crate) fn allocs(&self, row: usize) -> u32 {
        self.change_of(row).map_or_else(|| self.as_in_columns(row).1, |changed| changed.allocs)
    }

    /// What the columns say is in use on a row, and by how many allocations.
    pub(crate) fn as_in_columns(&self, row: usize) -> (Amounts, u32) {
        let slot = self.frame.slots[row] as usize;
        let chunk = &self.snapshot.columns().chunks()[slot / CHUNK];
        (amounts(&chunk.used.at(slot % CHUNK)), chunk.allocs[slot % CHUNK])
    }

    /// What the columns say the node of a slot has and what is in use on it; none where they may not say all.
    #[inline]
    pub(crate) fn plain(&self, slot: usize) -> Option<Numbers> {
        if self.places[slot] != 0 {
            return None;
        }
        let chunk = &self.snapshot.columns().chunks()[slot / CHUNK];
        let (has, used, at) = (&chunk.capacity, &chunk.used, slot % CHUNK);
        Some(Numbers {
            cpu_mhz: both(has.cpu_mhz[at], used.cpu_mhz[at]),
            memory_mb: both(has.memory_mb[at], used.memory_mb[at]),
            disk_mb: both(has.disk_mb[at], used.disk_mb[at]),
            mbits: both(has.mbits[at], used.mbits[at]),
        })
    }

    /// The rows of which the columns may not say what is in use.
    pub(crate) fn changed_rows(&self) -> Vec<usize> {
        let changed = self.changed.iter().map(|changed| changed.row as usize);
        changed.chain(self.broken.keys().copied()).collect()
    }

    /// The row of a node.
    pub(crate) fn row(&self, id: NodeId) -> Option<usize> {
        self.frame.ids.binary_search(&id).ok()
    }

    /// Why nothing fits on a row whatever it is; none for most.
    pub(crate) fn broken(&self, row: usize) -> Option<&Misfit> {
        self.broken.get(&row)
    }

    /// The place of a row in `changed`, where it is put if it is not there.
    fn place(&mut self, row: usize) -> usize {
        let slot = self.frame.slots[row] as usize;
        if self.places[slot] == 0 {
            let (used, allocs) = self.as_in_columns(row);
            let number = u32::try_from(row).expect("a region has fewer than 2^32 nodes");
            self.changed.push(Changed { row: number, used, allocs, detail: None });
            self.places[slot] = u32::try_from(self.changed.len()).expect("no more than there are rows");
        }
        self.places[slot] as usize - 1
    }

    /// What is in use on a row, with ports, cores and devices.
    pub(crate) fn node_use(&mut self, row: usize) -> &NodeUse {
        self.node_and_use(row).1
    }

    /// A row's node, and what is in use on it.
    pub(crate) fn node_and_use(&mut self, row: usize) -> (&Arc<Node>, &NodeUse) {
        let place = self.place(row);
        let node = &self.frame.nodes[row];
        let Changed { used, allocs, detail, .. } = &mut self.changed[place];
        let used = detail.get_or_insert_with(|| Box::new(read_use(self.snapshot, node, *used, *allocs)));
        (node, used)
    }

    /// Whether what is in use on a row fits.
    pub(crate) fn fits(&mut self, row: usize) -> bool {
        let (node, used) = self.node_and_use(row);
        fits(node, used).is_ok()
    }

    /// Adds what a new allocation holds.
    pub(crate) fn add(&mut self, row: usize, claim: &Claim<'_>) {
        self.change(row, |used| used.add(claim));
    }

    /// Takes away what an allocation held.
    pub(crate) fn remove(&mut self, row: usize, claim: &Claim<'_>) {
        self.broken.remove(&row);
        self.change(row, |used| used.remove(claim));
    }

    fn change(&mut self, row: usize, change: impl FnOnce(&mut NodeUse)) {
        if self.detailed {
            self.node_use(row);
        }
        let place = self.place(row);
        let Changed { used, allocs, detail, .. } = &mut self.changed[place];
        if let Some(detail) = detail {
            change(detail);
            (*used, *allocs) = (detail.amounts, detail.allocs);
        } else {
            let mut plain = NodeUse { amounts: *used, allocs: *allocs, ..NodeUse::default() };
            change(&mut plain);
            (*used, *allocs) = (plain.amounts, plain.allocs);
        }
    }

    /// Takes away an allocation that the plan stops, if its node is a candidate and it still holds room.
    pub(crate) fn free(&mut self, alloc: &Alloc) -> Option<usize> {
        let row = self.row(alloc.node)?;
        if !alloc.client_terminal() {
            self.remove(row, &Claim::of(alloc));
        }
        Some(row)
    }

    /// Gives the room back to an allocation whose stop was taken back.
    pub(crate) fn unfree(&mut self, alloc: &Alloc) {
        if let Some(row) = self.row(alloc.node)
            && !alloc.client_terminal()
        {
            self.add(row, &Claim::of(alloc));
        }
    }

    /// The snapshot that this is about.
    pub(crate) const fn snapshot(&self) -> &'a State {
        self.snapshot
    }
}

/// Reads ports, cores and devices in use; nothing is looked up where the columns say that there is none.
fn read_use(snapshot: &State, node: &Node, amounts: Amounts, allocs: u32) -> NodeUse {
    let mut used = NodeUse::default();
    if snapshot.columns().held(node.id).is_some() {
        for alloc in snapshot.allocs_on_node(node.id).filter(|alloc| !alloc.client_terminal()) {
            used.add(&Claim::of(alloc));
        }
    }
    NodeUse { amounts, allocs, ..used }
}
