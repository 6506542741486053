//! Host volumes: every volume that a group asks for must be on the node, and writable if it is written.
//!
//! CSI volumes are not known to the state yet: a group that asks for one finds no node.

use std::borrow::Cow;

use model::{Node, TaskGroup};

/// One volume of the group.
#[derive(Debug, Clone)]
struct Request {
    source: String,
    per_alloc: bool,
    read_only: bool,
    /// Cannot be met by volumes that operators declare on their hosts.
    impossible: bool,
}

/// The volumes that a group asks for.
#[derive(Debug, Clone)]
pub(crate) struct VolumeCheck(Vec<Request>);

impl VolumeCheck {
    pub(crate) fn of(group: &TaskGroup) -> Self {
        let requests = group.volumes.values().map(|volume| Request {
            source: volume.source.clone(),
            per_alloc: volume.per_alloc,
            read_only: volume.read_only,
            impossible: volume.sticky || volume.volume_type == "csi",
        });
        Self(requests.collect())
    }

    /// Whether the node's volumes depend on the number of the allocation.
    pub(crate) fn per_alloc(&self) -> bool {
        self.0.iter().any(|request| request.per_alloc)
    }

    /// The first volume that the node cannot give to the allocation of this number.
    pub(crate) fn missing(&self, node: &Node, index: u32) -> Option<Cow<'_, str>> {
        self.0.iter().find_map(|request| {
            let source = if request.per_alloc {
                Cow::Owned(format!("{}[{index}]", request.source))
            } else {
                Cow::Borrowed(request.source.as_str())
            };
            let volume = node.host_volumes.get(&*source);
            let usable = volume.is_some_and(|volume| request.read_only || !volume.read_only);
            (request.impossible || !usable).then_some(source)
        })
    }
}
