//! The one rule of what fits on a node, without switches: the scheduler and the plan applier both ask it.

use std::fmt;

use model::{AllocId, Node};

use crate::usage::{Amounts, NodeUse};

/// What a node has too little of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misfit {
    /// The node takes no more allocations.
    MaxAllocs,
    /// A core is used twice, or may not be used.
    Cores,
    /// CPU.
    Cpu,
    /// Memory.
    Memory,
    /// Disk.
    Disk,
    /// Bandwidth.
    Bandwidth,
    /// A port is used twice, or is kept for the host.
    Port {
        /// The later of the allocations.
        alloc: AllocId,
        /// The port.
        port: u16,
    },
    /// A device is used twice.
    Devices,
}

impl fmt::Display for Misfit {
    /// The dimension under which metrics count it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MaxAllocs => f.write_str("max allocation exceeded"),
            Self::Cores => f.write_str("cores"),
            Self::Cpu => f.write_str("cpu"),
            Self::Memory => f.write_str("memory"),
            Self::Disk => f.write_str("disk"),
            Self::Bandwidth => f.write_str("network: bandwidth exceeded"),
            Self::Port { alloc, port } => write!(
                f,
                "reserved alloc port collision: collision when reserving port for alloc {alloc}: [port {port} already in use]"
            ),
            Self::Devices => f.write_str("device oversubscribed"),
        }
    }
}

/// Whether what is used fits on the node, everything that is proposed included.
///
/// # Errors
/// The first dimension that is short, in the order of [`Misfit`].
pub fn fits(node: &Node, used: &NodeUse) -> Result<(), Misfit> {
    if node.resources.max_allocs > 0 && used.allocs > node.resources.max_allocs {
        return Err(Misfit::MaxAllocs);
    }
    if !cores_fit(node, &used.cores) {
        return Err(Misfit::Cores);
    }
    amounts_fit(Amounts::of_node(node), used.amounts)?;
    if let Some((alloc, port)) = port_collision(node, used) {
        return Err(Misfit::Port { alloc, port });
    }
    if used.devices.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(Misfit::Devices);
    }
    Ok(())
}

/// The part of [`fits`] that is plain numbers.
pub(crate) const fn amounts_fit(has: Amounts, used: Amounts) -> Result<(), Misfit> {
    if used.cpu_mhz > has.cpu_mhz {
        return Err(Misfit::Cpu);
    }
    if used.memory_mb > has.memory_mb {
        return Err(Misfit::Memory);
    }
    if used.disk_mb > has.disk_mb {
        return Err(Misfit::Disk);
    }
    if used.mbits > has.mbits {
        return Err(Misfit::Bandwidth);
    }
    Ok(())
}

fn cores_fit(node: &Node, cores: &[u16]) -> bool {
    let usable = |id: &u16| {
        let known = node.resources.cores.iter().any(|core| core.id == *id && !core.disabled);
        known && !node.reserved.cores.contains(id)
    };
    cores.windows(2).all(|pair| pair[0] != pair[1]) && cores.iter().all(usable)
}

/// The allocation and port of the first collision: two allocations, or one and the host.
fn port_collision(node: &Node, used: &NodeUse) -> Option<(AllocId, u16)> {
    let twice = used.ports.windows(2).find(|pair| pair[0].port == pair[1].port && pair[0].ip == pair[1].ip);
    let kept = used.ports.iter().find(|used| host_keeps(node, &used.ip, used.port));
    let twice = twice.map(|pair| (pair[1].alloc, pair[1].port));
    twice.or_else(|| kept.map(|used| (used.alloc, used.port)))
}

/// Whether a port of an address is kept for the host.
pub(crate) fn host_keeps(node: &Node, ip: &str, port: u16) -> bool {
    if node.reserved.ports.contains(&port) {
        return true;
    }
    let aliases =
        node.resources.networks.iter().filter(|network| *network.ip == *ip).map(|network| &network.alias);
    let mut named =
        aliases.flat_map(|alias| node.resources.host_networks.iter().filter(move |host| host.name == *alias));
    named.any(|host| in_port_list(&host.reserved_ports, port))
}

/// Whether a list such as `80,443,8000-8100` contains a port.
fn in_port_list(list: &str, port: u16) -> bool {
    list.split(',').any(|item| match item.trim().split_once('-') {
        Some((first, last)) => {
            let bound = |text: &str| text.trim().parse::<u16>().ok();
            bound(first).zip(bound(last)).is_some_and(|(first, last)| (first..=last).contains(&port))
        }
        None => item.trim().parse() == Ok(port),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_list_holds_single_ports_and_ranges() {
        for (port, expected) in [(80, true), (81, false), (8000, true), (8100, true), (8101, false)] {
            assert_eq!(in_port_list("80, 443,8000-8100", port), expected, "{port}");
        }
    }
}
