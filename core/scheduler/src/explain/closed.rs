//! What keeps nodes closed, gathered over all of them: the changes that one node at least is away from opening.

use std::collections::BTreeMap;

use model::{Lack, Name, NodeId};

use super::change::Resource;
use super::group::NodeExplained;

/// Nodes that lack one thing, by what it is. The nearest node is the one that is short of least.
#[derive(Debug, Default)]
pub(super) struct Closed {
    /// Too little of something: how much, out of what was asked, on which node.
    pub(super) short: BTreeMap<Resource, Short>,
    /// As `short`, among nodes on which so much is taken.
    pub(super) taken: BTreeMap<Resource, Short>,
    /// Filters, by reason.
    pub(super) filters: BTreeMap<Name, u32>,
    /// Missing drivers (`false`) and volumes (`true`), with a node.
    pub(super) missing: BTreeMap<(bool, Name), NodeId>,
    /// Nodes that are short of nothing but devices.
    pub(super) without_devices: u32,
    /// Ports, with the job that has them and the node.
    pub(super) ports: BTreeMap<u16, (Name, NodeId)>,
}

/// How much a node is short of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Short {
    pub(super) by: u64,
    pub(super) asked: u64,
    pub(super) node: NodeId,
}

impl Closed {
    /// Goes through nodes that are closed for one reason alone.
    pub(super) fn of(nodes: &[NodeExplained]) -> Self {
        let mut closed = Self::default();
        for node in nodes {
            if let [(reason, lack)] = node.lacks.as_slice() {
                closed.note(node, reason, lack);
            }
        }
        closed
    }

    fn note(&mut self, node: &NodeExplained, reason: &Name, lack: &Lack) {
        if resource_of(reason) == Some(Resource::Devices) {
            self.without_devices += 1;
        }
        match lack {
            Lack::Short { by, asked, .. } => {
                let Some(resource) = resource_of(reason) else { return };
                let short = Short { by: *by, asked: *asked, node: node.node };
                if asked > by {
                    nearer(&mut self.short, resource, short);
                }
                if node.fill.used_of(resource) >= *by {
                    nearer(&mut self.taken, resource, short);
                }
            }
            Lack::Has(_) | Lack::Unset => *self.filters.entry(reason.clone()).or_default() += 1,
            Lack::Without(thing) => {
                let volume = reason.contains("volume");
                if volume || &**reason == "missing drivers" {
                    self.missing.entry((volume, thing.clone())).or_insert(node.node);
                }
            }
            Lack::HeldBy(job) => {
                let port = reason.rsplit_once('=').and_then(|(_, port)| port.parse().ok());
                if let Some(port) = port {
                    self.ports.entry(port).or_insert_with(|| (job.clone(), node.node));
                }
            }
            Lack::Plain => {
                let rule = ["distinct_", "missing property", "numa-cores"];
                if rule.iter().any(|rule| reason.starts_with(rule)) {
                    *self.filters.entry(reason.clone()).or_default() += 1;
                }
            }
        }
    }
}

fn nearer(known: &mut BTreeMap<Resource, Short>, resource: Resource, short: Short) {
    let nearest = known.entry(resource).or_insert(short);
    if (short.by, short.node) < (nearest.by, nearest.node) {
        *nearest = short;
    }
}

/// What a dimension of metrics stands for.
fn resource_of(dimension: &str) -> Option<Resource> {
    Some(match dimension {
        "cpu" => Resource::Cpu,
        "memory" => Resource::Memory,
        "disk" => Resource::Disk,
        "cores" => Resource::Cores,
        "max allocation exceeded" => Resource::Allocs,
        "network: bandwidth exceeded" => Resource::Bandwidth,
        "network: dynamic port selection failed" => Resource::DynamicPorts,
        "missing devices" | "devices: no devices match request" => Resource::Devices,
        _ => return None,
    })
}
