//! Trying a change: it is made on copies of job and state, and a pass over them says which nodes are open.

use std::sync::Arc;

use model::{Alloc, Constraint, DriverInfo, Eval, HostVolume, Job, Name, NodeId, Task, TaskGroup, Timestamp};
use state::{Command, Entry, Snapshot, State};

use super::change::{Change, Resource};
use crate::cluster::Cluster;
use crate::place::{Placer, Verdict};

/// Nodes that are let in at once to see which of them would help.
const ADMITTED: usize = 1_024;

/// What one more allocation of a group is asked about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trial<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) job: &'a Arc<Job>,
    pub(super) group: usize,
    pub(super) eval: &'a Eval,
    /// Number in the allocation's name.
    pub(super) index: u32,
    /// Allocations that are taken to be gone.
    pub(super) gone: &'a [Arc<Alloc>],
}

impl Trial<'_> {
    /// The nodes that would take an allocation, in order of their ids.
    pub(super) fn open_nodes(&self) -> Vec<NodeId> {
        let mut placer = self.placer();
        let (pass, cluster) = placer.pass(self.job, self.group, self.index);
        let open = |row: &usize| matches!(pass.verdict(*row), Verdict::Open);
        (0..cluster.len()).filter(open).map(|row| cluster.id(row)).collect()
    }

    /// A plan in which nothing is placed yet.
    pub(super) fn placer(&self) -> Placer<'_> {
        let cluster = Cluster::new(self.snapshot, self.job);
        let mut placer = Placer::new(self.snapshot, cluster, self.job, self.eval, 0);
        for alloc in self.gone {
            placer.stop(alloc);
        }
        placer
    }

    /// The nodes that are open once the change is made; none when it cannot be made.
    pub(super) fn after(&self, change: &Change) -> Vec<NodeId> {
        match change {
            Change::Lower { resource, task, to, .. } => self.with_job(|job, group| {
                let group = &mut job.task_groups[group];
                lower(group, *resource, task, *to).is_some()
            }),
            Change::Drop { constraint, .. } => {
                self.with_job(|job, group| drop_constraint(job, group, constraint))
            }
            Change::Datacenter { name, .. } => self.with_job(|job, _| {
                job.datacenters.push(name.to_string());
                true
            }),
            Change::Pool { name, .. } => self.with_job(|job, _| {
                job.node_pool = name.to_string();
                true
            }),
            Change::Free { stopping, .. } => {
                let ended = stopping.iter().filter_map(|id| self.snapshot.alloc(*id));
                let gone: Vec<Arc<Alloc>> = self.gone.iter().chain(ended).cloned().collect();
                Trial { gone: &gone, ..*self }.open_nodes()
            }
            Change::Provide { volume, name, node } => {
                self.with_state(provide(self.snapshot, *node, *volume, name))
            }
            Change::Admit { node, .. } => self.with_state(admit(self.snapshot, *node).into_iter().collect()),
        }
    }

    /// The nodes that are open for a changed job.
    pub(super) fn with_job(&self, change: impl FnOnce(&mut Job, usize) -> bool) -> Vec<NodeId> {
        let mut job = Job::clone(self.job);
        if !change(&mut job, self.group) {
            return Vec::new();
        }
        let job = Arc::new(job);
        Trial { job: &job, ..*self }.open_nodes()
    }

    /// The nodes that are open on a copy of the state on which commands were carried out.
    fn with_state(&self, commands: Vec<Command>) -> Vec<NodeId> {
        if commands.is_empty() {
            return Vec::new();
        }
        let mut copy = State::clone(self.snapshot);
        for command in commands {
            let index = copy.index.saturating_sub(copy.base) + 1;
            let entry = Entry { now: copy.now, command };
            if copy.apply(index, &entry).reply.is_err() {
                return Vec::new();
            }
        }
        let copy = Arc::new(copy);
        Trial { snapshot: &copy, ..*self }.open_nodes()
    }

    /// The nodes among those that take nothing now which would take an allocation.
    pub(super) fn if_admitted(&self) -> Vec<NodeId> {
        let shut =
            self.snapshot.nodes().filter(|node| !node.is_ready() && crate::cluster::in_scope(self.job, node));
        let shut: Vec<NodeId> = shut.map(|node| node.id).take(ADMITTED).collect();
        let commands = shut.iter().filter_map(|id| admit(self.snapshot, *id)).collect();
        let mut open = self.with_state(commands);
        open.retain(|id| shut.contains(id));
        open
    }
}

/// The command that lets a connected node take allocations; none for a node that is not connected.
fn admit(state: &State, id: NodeId) -> Option<Command> {
    let node = state.node(id).filter(|node| node.status == model::NodeStatus::Ready)?;
    Some(if node.drain.is_some() {
        Command::SetNodeDrain { id, drain: None, mark_eligible: true, event: None, evals: Vec::new() }
    } else {
        Command::SetNodeEligibility { id, eligible: true, event: None, evals: Vec::new() }
    })
}

/// The command that gives a node a driver or a host volume; nothing when the node is gone.
fn provide(state: &State, id: NodeId, volume: bool, name: &Name) -> Vec<Command> {
    let Some(node) = state.node(id) else { return Vec::new() };
    let mut node = model::Node::clone(node);
    if volume {
        node.host_volumes.insert(name.clone(), HostVolume { path: Name::from("/"), read_only: false });
    } else {
        let driver = DriverInfo {
            detected: true,
            healthy: true,
            description: Name::from(""),
            updated_at: Timestamp::NEVER,
            attributes: std::collections::BTreeMap::new(),
        };
        node.drivers.insert(name.clone(), driver);
    }
    vec![Command::RegisterNode { node: Box::new(node), evals: Vec::new() }]
}

/// Sets what a task, or the group's disk, asks for; none when there is no such ask.
fn lower(group: &mut TaskGroup, resource: Resource, task: &str, to: u64) -> Option<()> {
    let to = i64::try_from(to).ok()?;
    if task.is_empty() {
        return lower_shared(group, resource, to);
    }
    let asked = group.tasks.iter_mut().find(|candidate| candidate.name == task)?.resources.as_mut()?;
    match resource {
        Resource::Cpu => asked.cpu = to,
        Resource::Memory => asked.memory_mb = to,
        Resource::Cores => asked.cores = to,
        Resource::Bandwidth => asked.networks.first_mut()?.mbits = to,
        Resource::Devices => {
            let most = asked.devices.iter().map(|ask| ask.count).max()?;
            asked.devices.iter_mut().find(|ask| ask.count == most)?.count = u64::try_from(to).ok()?;
        }
        Resource::Disk | Resource::Allocs | Resource::DynamicPorts | Resource::Port(_) => return None,
    }
    Some(())
}

/// Sets what the tasks of a group ask for together.
fn lower_shared(group: &mut TaskGroup, resource: Resource, to: i64) -> Option<()> {
    match resource {
        Resource::Disk => group.ephemeral_disk.as_mut()?.size_mb = to,
        Resource::Bandwidth => group.networks.first_mut()?.mbits = to,
        Resource::DynamicPorts => {
            group.networks.first_mut()?.dynamic_ports.truncate(usize::try_from(to).ok()?);
        }
        Resource::Cpu
        | Resource::Memory
        | Resource::Cores
        | Resource::Allocs
        | Resource::Devices
        | Resource::Port(_) => return None,
    }
    Some(())
}

/// Takes a constraint away wherever it stands; tells whether it stood anywhere.
fn drop_constraint(job: &mut Job, group: usize, text: &str) -> bool {
    let group = &mut job.task_groups[group];
    let mut found = false;
    if text == Change::NUMA {
        let asked = group.tasks.iter_mut().filter_map(|task| task.resources.as_mut()?.numa.as_mut());
        for numa in asked.filter(|numa| numa.affinity == "require") {
            numa.affinity = "none".to_owned();
            found = true;
        }
        return found;
    }
    let lists = std::iter::once(&mut job.constraints)
        .chain(std::iter::once(&mut group.constraints))
        .chain(group.tasks.iter_mut().flat_map(constraints_of));
    for list in lists {
        let before = list.len();
        list.retain(|constraint| text_of(constraint) != text);
        found |= list.len() < before;
    }
    found
}

/// The constraints of a task, on nodes and on devices.
fn constraints_of(task: &mut Task) -> impl Iterator<Item = &mut Vec<Constraint>> {
    let devices = task.resources.iter_mut().flat_map(|asked| &mut asked.devices);
    std::iter::once(&mut task.constraints).chain(devices.map(|ask| &mut ask.constraints))
}

/// A constraint as changes name it: distinct rules by what they keep apart, others as metrics count them.
pub(super) fn text_of(constraint: &Constraint) -> String {
    let Constraint { ltarget, operand, rtarget, .. } = constraint;
    match operand.as_str() {
        "distinct_hosts" => "distinct_hosts".to_owned(),
        "distinct_property" => format!("distinct_property {ltarget}"),
        _ => format!("{ltarget} {operand} {rtarget}"),
    }
}
