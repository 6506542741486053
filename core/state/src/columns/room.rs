//! Quantities of the four plain dimensions.

use model::{Alloc, GroupAsk, Node};

/// CPU, memory, disk and bandwidth: what a node has, what is used of it, what an allocation asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Room {
    /// CPU in MHz, reserved cores included.
    pub cpu_mhz: i32,
    /// Memory in MB.
    pub memory_mb: i32,
    /// Disk in MB.
    pub disk_mb: i32,
    /// Bandwidth in Mbit/s.
    pub mbits: i32,
}

fn clamp(quantity: u64) -> i32 {
    i32::try_from(quantity).unwrap_or(i32::MAX)
}

impl Room {
    /// What a node has for allocations: its resources without what is kept for the host. Bandwidth is that of
    /// its fastest network.
    #[must_use]
    pub fn of_node(node: &Node) -> Self {
        let (has, kept) = (&node.resources, &node.reserved);
        Self {
            cpu_mhz: clamp(u64::from(has.cpu_mhz.saturating_sub(kept.cpu_mhz))),
            memory_mb: clamp(has.memory_mb.saturating_sub(kept.memory_mb)),
            disk_mb: clamp(has.disk_mb.saturating_sub(kept.disk_mb)),
            mbits: clamp(has.networks.iter().map(|network| u64::from(network.mbits)).max().unwrap_or(0)),
        }
    }

    /// What an allocation uses; nothing if its group is not in its version of the job.
    #[must_use]
    pub fn of_alloc(alloc: &Alloc) -> Self {
        let Some(group) = alloc.task_group() else { return Self::default() };
        let ask = GroupAsk::of(group);
        Self {
            cpu_mhz: clamp(ask.cpu_with_cores(alloc.assigned.exclusive.as_deref())),
            memory_mb: clamp(ask.memory_mb),
            disk_mb: clamp(ask.disk_mb),
            mbits: clamp(ask.mbits),
        }
    }

    /// The sum of both.
    #[must_use]
    pub const fn plus(&self, other: &Self) -> Self {
        Self {
            cpu_mhz: self.cpu_mhz.saturating_add(other.cpu_mhz),
            memory_mb: self.memory_mb.saturating_add(other.memory_mb),
            disk_mb: self.disk_mb.saturating_add(other.disk_mb),
            mbits: self.mbits.saturating_add(other.mbits),
        }
    }

    /// Whether every quantity is at most that of `other`.
    #[must_use]
    pub const fn fits_in(&self, other: &Self) -> bool {
        self.cpu_mhz <= other.cpu_mhz
            && self.memory_mb <= other.memory_mb
            && self.disk_mb <= other.disk_mb
            && self.mbits <= other.mbits
    }

    /// What is left after `used`; negative where more is used than there is.
    #[must_use]
    pub const fn minus(&self, used: &Self) -> Self {
        Self {
            cpu_mhz: self.cpu_mhz.saturating_sub(used.cpu_mhz),
            memory_mb: self.memory_mb.saturating_sub(used.memory_mb),
            disk_mb: self.disk_mb.saturating_sub(used.disk_mb),
            mbits: self.mbits.saturating_sub(used.mbits),
        }
    }
}
