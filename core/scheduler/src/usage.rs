//! What is in use on one node: the sum of what its allocations hold.
//!
//! A stand-in for the node columns of the state: one module, so that they can replace it.

use std::collections::BTreeSet;

use model::{Alloc, AllocId, Assigned, GroupAsk, Name, Node, TaskGroup};

/// What one allocation holds, or would hold.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    /// The allocation.
    pub id: AllocId,
    /// What its group asks.
    pub ask: GroupAsk,
    /// Its group; none when its job no longer has it.
    pub group: Option<&'a TaskGroup>,
    /// Ports, cores and devices.
    pub assigned: &'a Assigned,
}

impl<'a> Claim<'a> {
    /// What an allocation holds.
    #[must_use]
    pub fn of(alloc: &'a Alloc) -> Self {
        let group = alloc.task_group();
        Self {
            id: alloc.id,
            ask: group.map(GroupAsk::of).unwrap_or_default(),
            group,
            assigned: &alloc.assigned,
        }
    }

    fn ignores_collision(&self, label: &str) -> bool {
        let ports =
            self.group.and_then(|group| group.networks.first()).map(|network| &network.reserved_ports);
        ports.is_some_and(|ports| ports.iter().any(|port| port.ignore_collision && port.label == label))
    }

    /// The plain numbers of what it holds.
    pub(crate) fn amounts(&self) -> Amounts {
        Amounts::asked(&self.ask, self.ask.cpu_with_cores(self.assigned.exclusive.as_deref()))
    }
}

/// The dimensions that are plain numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Amounts {
    /// CPU in MHz.
    pub cpu_mhz: u64,
    /// Memory in MB.
    pub memory_mb: u64,
    /// Disk in MB.
    pub disk_mb: u64,
    /// Bandwidth in Mbit/s; of a node, that of its fastest network.
    pub mbits: u64,
}

impl Amounts {
    /// What a node has, less what is kept for its host.
    #[must_use]
    pub fn of_node(node: &Node) -> Self {
        let (has, kept) = (&node.resources, &node.reserved);
        Self {
            cpu_mhz: u64::from(has.cpu_mhz.saturating_sub(kept.cpu_mhz)),
            memory_mb: has.memory_mb.saturating_sub(kept.memory_mb),
            disk_mb: has.disk_mb.saturating_sub(kept.disk_mb),
            mbits: has.networks.iter().map(|network| u64::from(network.mbits)).max().unwrap_or(0),
        }
    }

    /// What is asked for, with so much CPU for what was picked.
    pub(crate) const fn asked(ask: &GroupAsk, cpu_mhz: u64) -> Self {
        Self { cpu_mhz, memory_mb: ask.memory_mb, disk_mb: ask.disk_mb, mbits: ask.mbits }
    }

    /// The sum of both.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            cpu_mhz: self.cpu_mhz.saturating_add(other.cpu_mhz),
            memory_mb: self.memory_mb.saturating_add(other.memory_mb),
            disk_mb: self.disk_mb.saturating_add(other.disk_mb),
            mbits: self.mbits.saturating_add(other.mbits),
        }
    }

    /// This without the other; never below nothing.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self {
            cpu_mhz: self.cpu_mhz.saturating_sub(other.cpu_mhz),
            memory_mb: self.memory_mb.saturating_sub(other.memory_mb),
            disk_mb: self.disk_mb.saturating_sub(other.disk_mb),
            mbits: self.mbits.saturating_sub(other.mbits),
        }
    }
}

/// A port that is in use on an address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct UsedPort {
    pub(crate) port: u16,
    pub(crate) ip: Name,
    pub(crate) alloc: AllocId,
}

/// What is in use on one node.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NodeUse {
    /// Sum of the plain numbers.
    pub amounts: Amounts,
    /// Allocations.
    pub allocs: u32,
    /// Cores in use, in order; one used twice is here twice.
    pub(crate) cores: Vec<u16>,
    /// Ports in use, in order of their numbers.
    pub(crate) ports: Vec<UsedPort>,
    /// Ids of devices in use, in order; one used twice is here twice.
    pub(crate) devices: Vec<Name>,
}

impl NodeUse {
    /// Adds what an allocation holds.
    pub fn add(&mut self, claim: &Claim<'_>) {
        self.amounts = self.amounts.plus(claim.amounts());
        self.allocs += 1;
        for (port, ip) in ports(claim) {
            let used = UsedPort { port, ip, alloc: claim.id };
            let at = self.ports.partition_point(|other| other <= &used);
            self.ports.insert(at, used);
        }
        for task in claim.assigned.exclusive.iter().flat_map(|exclusive| &exclusive.tasks) {
            for &core in &task.cores {
                let at = self.cores.partition_point(|&other| other <= core);
                self.cores.insert(at, core);
            }
            for id in task.devices.iter().flat_map(|device| &device.ids) {
                let at = self.devices.partition_point(|other| other <= id);
                self.devices.insert(at, id.clone());
            }
        }
    }

    /// Takes away what an allocation held.
    pub fn remove(&mut self, claim: &Claim<'_>) {
        self.amounts = self.amounts.minus(claim.amounts());
        self.allocs = self.allocs.saturating_sub(1);
        self.ports.retain(|used| used.alloc != claim.id);
        for task in claim.assigned.exclusive.iter().flat_map(|exclusive| &exclusive.tasks) {
            for core in &task.cores {
                remove_one(&mut self.cores, core);
            }
            for id in task.devices.iter().flat_map(|device| &device.ids) {
                remove_one(&mut self.devices, id);
            }
        }
    }

    /// Whether a port is free on an address.
    pub(crate) fn port_free(&self, ip: &str, port: u16) -> bool {
        let from = self.ports.partition_point(|used| used.port < port);
        self.ports[from..].iter().take_while(|used| used.port == port).all(|used| &*used.ip != ip)
    }

    /// The allocation that holds a port on any address.
    pub(crate) fn holder_of(&self, port: u16) -> Option<AllocId> {
        self.ports.iter().find(|used| used.port == port).map(|used| used.alloc)
    }

    /// Whether a device is free.
    pub(crate) fn device_free(&self, id: &str) -> bool {
        self.devices.binary_search_by(|used| (**used).cmp(id)).is_err()
    }
}

fn remove_one<T: Ord>(sorted: &mut Vec<T>, item: &T) {
    if let Ok(at) = sorted.binary_search(item) {
        sorted.remove(at);
    }
}

/// The ports of one allocation, each once, without those that may collide.
fn ports(claim: &Claim<'_>) -> BTreeSet<(u16, Name)> {
    let ports =
        claim.assigned.ports.iter().filter(|port| !(port.reserved && claim.ignores_collision(&port.label)));
    ports.map(|port| (port.value, port.host_ip.clone())).collect()
}
