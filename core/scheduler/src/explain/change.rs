//! One change of a job or of the cluster that would let a group be placed.

use model::{AllocId, Name, NodeId};

/// Something that allocations take and nodes have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resource {
    /// CPU in MHz.
    Cpu,
    /// Memory in MiB.
    Memory,
    /// Disk in MiB.
    Disk,
    /// Whole cores.
    Cores,
    /// Places for allocations.
    Allocs,
    /// Bandwidth in Mbit/s.
    Bandwidth,
    /// Device instances.
    Devices,
    /// Ports whose number is picked.
    DynamicPorts,
    /// A port.
    Port(u16),
}

impl Resource {
    /// Its name in metrics and in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Memory => "memory",
            Self::Disk => "disk",
            Self::Cores => "cores",
            Self::Allocs => "allocations",
            Self::Bandwidth => "bandwidth",
            Self::Devices => "devices",
            Self::DynamicPorts => "dynamic ports",
            Self::Port(_) => "port",
        }
    }

    /// The unit of its amounts; empty for ports.
    #[must_use]
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Cpu => "MHz",
            Self::Memory | Self::Disk => "MiB",
            Self::Cores => "cores",
            Self::Allocs => "allocations",
            Self::Bandwidth => "Mbit/s",
            Self::Devices => "devices",
            Self::DynamicPorts => "ports",
            Self::Port(_) => "",
        }
    }
}

/// One change that would let one more allocation of a group be placed. Each was tried on a copy.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Ask for less, so that a node takes it.
    Lower {
        /// What is asked for.
        resource: Resource,
        /// The task that asks for most of it; empty for the disk and the network of the group.
        task: Name,
        /// What it asks for.
        from: u64,
        /// What it may ask for.
        to: u64,
        /// A node that would take it then.
        node: NodeId,
    },
    /// Make room on a node.
    Free {
        /// What is taken.
        resource: Resource,
        /// How much of it is missing; 1 for a port.
        by: u64,
        /// The node.
        node: NodeId,
        /// Allocations of other jobs whose end would free it: the fewest, the least important first.
        stopping: Vec<AllocId>,
    },
    /// Go without a constraint, on nodes or on devices, or without cores of one NUMA node.
    Drop {
        /// The constraint, as metrics count it; [`Change::NUMA`] for cores of one NUMA node.
        constraint: Name,
        /// Nodes that it excludes and that would fit.
        nodes: u32,
    },
    /// Give a node what the job needs.
    Provide {
        /// Whether it is a host volume; otherwise it is a driver.
        volume: bool,
        /// Its name.
        name: Name,
        /// A node that would take it then.
        node: NodeId,
    },
    /// Let a node take allocations that is drained, or marked as ineligible.
    Admit {
        /// The first such node.
        node: NodeId,
        /// How many would fit.
        nodes: u32,
    },
    /// Allow another datacenter.
    Datacenter {
        /// The datacenter.
        name: Name,
        /// Its nodes that would fit.
        nodes: u32,
    },
    /// Use another node pool.
    Pool {
        /// The pool.
        name: Name,
        /// Its nodes that would fit.
        nodes: u32,
    },
}

impl Change {
    /// Names the wish for cores of one NUMA node, where it is required.
    pub const NUMA: &str = "numa affinity = require";
    /// Changes that are named for one group, the smallest first.
    pub const MOST: usize = 5;
    /// Changes that are tried for one group.
    pub const TRIES: usize = 16;
}
