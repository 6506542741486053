//! The candidate nodes of one evaluation, and what is in use on them while its plan grows.
//!
//! Rows are in the order of node ids, which is the same on every server. Ports, cores and devices are looked at
//! only where a group asks for them.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{Alloc, Job, Name, Node, NodeId, TaskGroup};
use state::columns::{NodeRow, Room};
use state::{Snapshot, State};

use crate::feasible::{Rows, in_datacenters};
use crate::fits::{Misfit, fits};
use crate::usage::{Amounts, Claim, NodeUse};

/// The candidate nodes of one evaluation.
#[derive(Debug, Clone)]
pub(crate) struct Cluster<'a> {
    snapshot: &'a State,
    pub(crate) nodes: Vec<&'a Arc<Node>>,
    /// Ids of the nodes, in order.
    pub(crate) ids: Vec<NodeId>,
    /// Allocations that the nodes take at most; 0 means any number.
    pub(crate) max_allocs: Vec<u32>,
    /// Which kind each node is of: nodes of one class with the same offer.
    kinds: Vec<u32>,
    /// The first node of each kind.
    first: Vec<&'a Arc<Node>>,
    pub(crate) has: Vec<Amounts>,
    pub(crate) used: Vec<Amounts>,
    pub(crate) allocs: Vec<u32>,
    /// Ports, cores and devices in use; made when first needed.
    detail: Vec<Option<Box<NodeUse>>>,
    /// Nodes that are over-committed already, whatever the plan does.
    broken: BTreeMap<usize, Misfit>,
    /// Whether groups of this evaluation ask for ports, cores or devices.
    detailed: bool,
    /// Candidates by datacenter.
    pub(crate) available: BTreeMap<Name, u32>,
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
    /// The nodes on which a job may be placed now. What nodes of one kind have in common is looked at once, and
    /// the rest is read from the columns: most nodes themselves are not touched.
    pub(crate) fn new(snapshot: &'a Snapshot, job: &Job) -> Self {
        let mut cluster = Self {
            snapshot,
            nodes: Vec::new(),
            ids: Vec::new(),
            max_allocs: Vec::new(),
            kinds: Vec::new(),
            first: Vec::new(),
            has: Vec::new(),
            used: Vec::new(),
            allocs: Vec::new(),
            detail: Vec::new(),
            broken: BTreeMap::new(),
            detailed: job.task_groups.iter().any(asks_exclusive),
            available: BTreeMap::new(),
        };
        let mut known: BTreeMap<(u64, u64), Option<u32>> = BTreeMap::new();
        let mut counts: Vec<u32> = Vec::new();
        // Both are in the order of ids and hold the same nodes.
        for (node, read) in snapshot.nodes().zip(snapshot.columns().in_order()).filter(|both| both.1.ready) {
            let kind = *known.entry((read.class, read.offer)).or_insert_with(|| {
                in_scope(job, node).then(|| {
                    cluster.first.push(node);
                    counts.push(0);
                    u32::try_from(counts.len() - 1).expect("a region has fewer than 2^32 nodes")
                })
            });
            if let Some(kind) = kind {
                counts[kind as usize] += 1;
                cluster.read_row(node, kind, &read);
            }
        }
        for (node, count) in cluster.first.iter().zip(counts) {
            *cluster.available.entry(node.datacenter.clone()).or_default() += count;
        }
        cluster
    }

    fn read_row(&mut self, node: &'a Arc<Node>, kind: u32, read: &NodeRow) {
        let quantity = |number: i32| u64::try_from(number).unwrap_or(0);
        let amounts = |room: &Room| Amounts {
            cpu_mhz: quantity(room.cpu_mhz),
            memory_mb: quantity(room.memory_mb),
            disk_mb: quantity(room.disk_mb),
        };
        let row = self.nodes.len();
        self.nodes.push(node);
        self.ids.push(read.id);
        self.max_allocs.push(read.max_allocs);
        self.kinds.push(kind);
        self.has.push(amounts(&read.capacity));
        self.used.push(amounts(&read.used));
        self.allocs.push(read.allocs);
        self.detail.push(None);
        let shared = self.snapshot.columns().held(read.id).is_some_and(|held| {
            held.ports.iter().any(|port| port.count > 1)
                || held.cores.iter().any(|core| core.1 > 1)
                || held.devices.iter().any(|device| device.count > 1)
        });
        if shared && let Err(misfit) = fits(node, self.node_use(row)) {
            match misfit {
                Misfit::Port { .. } | Misfit::Cores | Misfit::Devices => _ = self.broken.insert(row, misfit),
                Misfit::MaxAllocs | Misfit::Cpu | Misfit::Memory | Misfit::Disk => {}
            }
        }
    }

    /// The rows as filters look at them.
    pub(crate) fn rows(&self) -> Rows<'_> {
        Rows { nodes: &self.nodes, kinds: &self.kinds, first: &self.first }
    }

    /// The row of a node.
    pub(crate) fn row(&self, id: NodeId) -> Option<usize> {
        self.ids.binary_search(&id).ok()
    }

    /// Why nothing fits on a row whatever it is; none for most.
    pub(crate) fn broken(&self, row: usize) -> Option<&Misfit> {
        self.broken.get(&row)
    }

    /// What is in use on a row, with ports, cores and devices.
    pub(crate) fn node_use(&mut self, row: usize) -> &NodeUse {
        let (snapshot, node, amounts, allocs) =
            (self.snapshot, self.nodes[row], self.used[row], self.allocs[row]);
        self.detail[row].get_or_insert_with(|| Box::new(read_use(snapshot, node, amounts, allocs)))
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
        if self.detailed || self.detail[row].is_some() {
            self.node_use(row);
        }
        let (amounts, allocs) = if let Some(used) = &mut self.detail[row] {
            change(used);
            (used.amounts, used.allocs)
        } else {
            let mut used =
                NodeUse { amounts: self.used[row], allocs: self.allocs[row], ..NodeUse::default() };
            change(&mut used);
            (used.amounts, used.allocs)
        };
        (self.used[row], self.allocs[row]) = (amounts, allocs);
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
