//! The node record.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{NodeResources, Reserved};
use crate::word::words;
use crate::{Name, Nanos, NodeId, SecretId, Timestamp};

words! {
    /// What the servers know of a node.
    NodeStatus {
        /// Registered, not ready yet.
        Init = "initializing",
        /// Runs allocations.
        Ready = "ready",
        /// Given up: its allocations are lost.
        Down = "down",
        /// Silent, and may come back.
        Disconnected = "disconnected",
    }
}

/// A host that runs allocations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// Its id; stays the same while its data directory exists.
    pub id: NodeId,
    /// Proves that it is itself. Never shown.
    pub secret: SecretId,
    /// Name of the agent.
    pub name: Name,
    /// Datacenter.
    pub datacenter: Name,
    /// Class that operators give.
    pub class: Name,
    /// Pool.
    pub pool: Name,
    /// Address of its HTTP API.
    pub http_addr: Name,
    /// Whether that API speaks TLS.
    pub tls_enabled: bool,
    /// What fingerprinting found, such as `kernel.name`.
    pub attributes: BTreeMap<Name, Name>,
    /// What operators say, such as `rack`.
    pub meta: BTreeMap<Name, Name>,
    /// Drivers by name.
    pub drivers: BTreeMap<Name, DriverInfo>,
    /// Volumes of the host by name.
    pub host_volumes: BTreeMap<Name, HostVolume>,
    /// What it has.
    pub resources: NodeResources,
    /// What of it is kept for the host itself.
    pub reserved: Reserved,
    /// What the servers know of it.
    pub status: NodeStatus,
    /// More about the status.
    pub status_description: Name,
    /// When the status last changed.
    pub status_updated_at: Timestamp,
    /// Whether new allocations may be placed.
    pub eligible: bool,
    /// Set while it drains.
    pub drain: Option<DrainStrategy>,
    /// The last ten events, oldest first.
    pub events: Vec<NodeEvent>,
    /// Nodes of one class are alike for constraints on non-unique attributes. Zero until stored.
    pub computed_class: u64,
    /// Index that created it.
    pub create_index: u64,
    /// Index that last changed it.
    pub modify_index: u64,
}

impl Node {
    /// Events kept per node.
    pub const MAX_EVENTS: usize = 10;

    /// A node with nothing but a name, which registration fills in.
    #[must_use]
    pub fn new(id: NodeId, secret: SecretId, name: impl Into<Name>) -> Self {
        let empty = || Name::from("");
        Self {
            id,
            secret,
            name: name.into(),
            datacenter: Name::from("dc1"),
            class: empty(),
            pool: Name::from("default"),
            http_addr: empty(),
            tls_enabled: false,
            attributes: BTreeMap::new(),
            meta: BTreeMap::new(),
            drivers: BTreeMap::new(),
            host_volumes: BTreeMap::new(),
            resources: NodeResources::default(),
            reserved: Reserved::default(),
            status: NodeStatus::Init,
            status_description: empty(),
            status_updated_at: Timestamp::NEVER,
            eligible: true,
            drain: None,
            events: Vec::new(),
            computed_class: 0,
            create_index: 0,
            modify_index: 0,
        }
    }

    /// Whether new allocations may be placed on it now.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.status == NodeStatus::Ready && self.drain.is_none() && self.eligible
    }

    /// Adds an event and forgets the oldest beyond [`Self::MAX_EVENTS`].
    pub fn push_event(&mut self, event: NodeEvent) {
        if self.events.len() >= Self::MAX_EVENTS {
            self.events.remove(0);
        }
        self.events.push(event);
    }
}

/// A driver of a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DriverInfo {
    /// Whether the driver can work here at all.
    pub detected: bool,
    /// Whether it works now.
    pub healthy: bool,
    /// Why, or why not.
    pub description: Name,
    /// When that last changed.
    pub updated_at: Timestamp,
    /// What it reports of itself.
    pub attributes: BTreeMap<Name, Name>,
}

/// A directory of the host that groups may mount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostVolume {
    /// Path on the host.
    pub path: Name,
    /// Whether it may only be read.
    pub read_only: bool,
}

/// How a node drains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrainStrategy {
    /// Time allowed; negative means at once, 0 without limit.
    pub deadline: Nanos,
    /// Leaves system jobs alone.
    pub ignore_system_jobs: bool,
    /// When the rest is stopped; never without a deadline.
    pub force_deadline: Timestamp,
    /// When it began.
    pub started_at: Timestamp,
}

/// Something that happened to a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeEvent {
    /// When.
    pub time: Timestamp,
    /// Part of the system that reports it, such as `Cluster` or `Driver`.
    pub subsystem: Name,
    /// What happened.
    pub message: Name,
    /// Details by key.
    pub details: BTreeMap<Name, Name>,
    /// Index at which it was stored.
    pub create_index: u64,
}
