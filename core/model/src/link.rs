//! What clients and servers say to each other over a client's connection.
//!
//! Each [`ClientMessage`] is a call with one [`ServerMessage`] as its answer, but for `Watch`, whose answers go on
//! as long as the connection: one push whenever allocations of the node change. Nothing else is spoken.
//! Messages carry no node id: it is fixed for the connection by registration, which must come first.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{AllocId, AllocUpdate, Assigned, DesiredStatus, Job, Name, Nanos, Node, NodeEvent};

/// Version of this protocol; the first message carries it.
pub const LINK_VERSION: u16 = 1;

/// What a client says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ClientMessage {
    /// Registers the node, or its changes. Must be first.
    Register {
        /// Version of this protocol.
        version: u16,
        /// The node; its status and indexes are the server's.
        node: Box<Node>,
    },
    /// Says that the client is alive.
    Ping,
    /// Asks for the node's allocations: all of them first, then whatever changes.
    Watch,
    /// Reports allocations; at most [`MAX_UPDATES`] at a time.
    Update(Vec<AllocUpdate>),
    /// Reports events of the node.
    Events(Vec<NodeEvent>),
    /// Announces that the client stops and when it will be back; its tasks go on meanwhile.
    Leaving {
        /// How long it will be away; zero means for good.
        back_in: Nanos,
    },
}

/// Reports in one [`ClientMessage::Update`].
pub const MAX_UPDATES: usize = 4_096;

/// What a server says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ServerMessage {
    /// The node is registered.
    Registered {
        /// Send a ping at least this often.
        ping_every: Nanos,
        /// How long the servers wait for a silent node before its allocations are replaced.
        grace: Nanos,
        /// Addresses of all servers of the region, for the next connection.
        servers: Vec<Name>,
    },
    /// Registration was refused; trying again is of no use.
    Refused {
        /// Why.
        reason: Name,
    },
    /// A ping arrived.
    Pong,
    /// What was reported is stored.
    Stored,
    /// Allocations of this node that changed.
    Allocs(AllocPush),
    /// This server is going away: connect to another.
    Goodbye,
}

/// Allocations of a node that changed, with the jobs they need.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AllocPush {
    /// Index of the state they were read from.
    pub index: u64,
    /// Whether these are all of the node's: others are gone and are to be destroyed.
    pub complete: bool,
    /// Whether the servers may have forgotten how the allocations are, since a saved state was restored: each is to be
    /// reported again.
    pub report: bool,
    /// Job versions that the assignments refer to by position.
    pub jobs: Vec<Arc<Job>>,
    /// The allocations.
    pub allocs: Vec<Assignment>,
    /// Of a complete push: further ones that the servers still know, which have ended.
    pub ended: Vec<AllocId>,
    /// Allocations that the servers have forgotten.
    pub removed: Vec<AllocId>,
}

/// What a client must know of an allocation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assignment {
    /// The allocation.
    pub id: AllocId,
    /// Position of its job in the push.
    pub job: u32,
    /// Its group.
    pub group: Name,
    /// Number in its name.
    pub index: u32,
    /// What the server wants.
    pub desired: DesiredStatus,
    /// Ports, cores and devices.
    pub assigned: Assigned,
    /// Allocation that it replaces.
    pub previous: AllocId,
    /// Whether it belongs to a deployment, and as a canary.
    pub deployment: Option<bool>,
    /// Stops without waiting for the shutdown delay.
    pub no_shutdown_delay: bool,
    /// Index at which the server last changed it.
    pub alloc_modify_index: u64,
}
