//! One more allocation of a group, asked of every node.

use std::sync::Arc;

use model::{Alloc, AllocId, Eval, Job, Lack, Name, NodeId, PassMetrics};
use state::Snapshot;

use super::change::{Change, Resource};
use super::needed::needed;
use super::nodes::NodeVerdict;
use super::trial::Trial;
use crate::cluster::Cluster;
use crate::place::{GroupPass, Request};
use crate::usage::Amounts;

/// What is to be explained.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The job.
    pub job: &'a Arc<Job>,
    /// Name of its group.
    pub group: &'a str,
    /// The evaluation; it breaks ties between nodes of equal scores.
    pub eval: &'a Eval,
    /// Number in the allocation's name.
    pub index: u32,
    /// An allocation that is taken to be gone: that node is asked again which runs it.
    pub without: Option<AllocId>,
    /// Nodes on which it failed before.
    pub penalty: &'a [NodeId],
}

/// How full a node is, the new allocation apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fill {
    /// What it has of CPU, memory and disk for allocations.
    pub has: Amounts,
    /// What is in use.
    pub used: Amounts,
    /// Bandwidth that it has and that is in use, in Mbit/s.
    pub mbits: (u64, u64),
    /// Device instances that it has and that are in use.
    pub devices: (u32, u32),
    /// Ports in use.
    pub ports: u32,
    /// Cores in use.
    pub cores: u32,
    /// Allocations.
    pub allocs: u32,
}

impl Fill {
    /// How much of a resource is in use.
    #[must_use]
    pub fn used_of(&self, resource: Resource) -> u64 {
        match resource {
            Resource::Cpu => self.used.cpu_mhz,
            Resource::Memory => self.used.memory_mb,
            Resource::Disk => self.used.disk_mb,
            Resource::Cores => u64::from(self.cores),
            Resource::Allocs => u64::from(self.allocs),
            Resource::Bandwidth => self.mbits.1,
            Resource::Devices => u64::from(self.devices.1),
            Resource::DynamicPorts | Resource::Port(_) => u64::from(self.ports),
        }
    }
}

/// What is said of one node.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeExplained {
    /// The node.
    pub node: NodeId,
    /// Its name.
    pub name: Name,
    /// Whether it may be used.
    pub verdict: NodeVerdict,
    /// Everything that it lacks; nothing when it may be used.
    pub lacks: Vec<(Name, Lack)>,
    /// Allocations of the group that it has.
    pub of_group: u32,
    /// How full it is.
    pub fill: Fill,
}

/// What is said of one group.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupExplained {
    /// Its name.
    pub group: Name,
    /// What one allocation asks for.
    pub ask: model::GroupAsk,
    /// Every candidate, in the order of node ids.
    pub nodes: Vec<NodeExplained>,
    /// Counts over them.
    pub pass: PassMetrics,
    /// The node that would be used now.
    pub best: Option<NodeId>,
    /// Allocations that would be preempted there.
    pub evicted: Vec<AllocId>,
    /// What would let it be placed, the smallest change first. Empty where a node would be used.
    pub changes: Vec<Change>,
}

/// Explains where one more allocation of a group would go and, if it finds no node, what would have to change.
///
/// None when the job has no group of that name.
#[must_use]
pub fn explain_group(snapshot: &Snapshot, question: &Question<'_>) -> Option<GroupExplained> {
    let Question { job, eval, index, .. } = *question;
    let group = job.task_groups.iter().position(|candidate| candidate.name == question.group)?;
    let gone: Vec<Arc<Alloc>> =
        question.without.and_then(|id| snapshot.alloc(id)).cloned().into_iter().collect();
    let trial = Trial { snapshot, job, group, eval, index, gone: &gone };
    let mut placer = trial.placer();
    let penalty = question.penalty.iter().copied().collect();
    let mut request = Request { penalty, index, ..Request::default() };
    let (pass, cluster) = placer.pass(job, group, index);
    let ask = *pass.ask();
    let nodes: Vec<NodeExplained> =
        (0..cluster.len()).map(|row| node_of(pass, cluster, row, &request)).collect();
    let mut metrics = pass.metrics(cluster);
    let (best, evicted) = match placer.place(job, group, &mut request) {
        Ok(placed) => (Some(placed.node), placed.evicted),
        Err(failed) => {
            metrics = PassMetrics::clone(&failed.pass);
            (None, Vec::new())
        }
    };
    let placed_everywhere = job.kind().is_system() && nodes.iter().any(|node| node.of_group > 0);
    let changes = if best.is_some() || placed_everywhere { Vec::new() } else { needed(&trial, &nodes) };
    let group = Name::from(question.group);
    Some(GroupExplained { group, ask, nodes, pass: metrics, best, evicted, changes })
}

fn node_of(pass: &GroupPass, cluster: &mut Cluster<'_>, row: usize, request: &Request) -> NodeExplained {
    let verdict = pass.explain_row(cluster, row, request);
    let lacks = pass.lacking(cluster, request.index, row);
    let node = Arc::clone(cluster.node(row));
    NodeExplained {
        node: node.id,
        name: node.name.clone(),
        verdict,
        lacks,
        of_group: pass.counted().of_group[row],
        fill: fill_of(cluster, row),
    }
}

fn fill_of(cluster: &mut Cluster<'_>, row: usize) -> Fill {
    let (has, used, allocs) = (cluster.has(row), cluster.used(row), cluster.allocs(row));
    let node = Arc::clone(cluster.node(row));
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let instances = node.resources.devices.iter().map(|device| device.instances.len()).sum();
    let held = cluster.node_use(row);
    Fill {
        has,
        used,
        mbits: (has.mbits, used.mbits),
        devices: (count(instances), count(held.devices.len())),
        ports: count(held.ports.len()),
        cores: count(held.cores.len()),
        allocs,
    }
}
