//! NUMA nodes and their cores.

use crate::cpu_list;
use crate::sources::{self, Sources};

/// One node with its cores, in ascending order.
pub(crate) type NumaNode = (u32, Vec<u32>);

/// Reads the nodes of the host; a host without any has node 0 with all cores, which callers see as an empty list.
pub(crate) fn read(host: &Sources) -> Vec<NumaNode> {
    let dir = host.sys.join("devices/system/node");
    let online = sources::read(&dir, "online").map(|list| cpu_list::parse(&list)).unwrap_or_default();
    let cores =
        |node: u32| Some((node, cpu_list::parse(&sources::read(&dir, format!("node{node}/cpulist"))?)));
    online.into_iter().filter_map(cores).collect()
}

/// Returns the node of a core; 0 when it is not known.
pub(crate) fn node_of(nodes: &[NumaNode], core: u32) -> u32 {
    nodes.iter().find(|(_, cores)| cores.contains(&core)).map_or(0, |(node, _)| *node)
}
