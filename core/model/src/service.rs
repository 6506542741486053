//! Services that allocations offer under a name, as clients report them and servers keep them.
//!
//! Limits: what a job says of a service is in [`crate::Service`]; this is what became of it on a node.

use serde::{Deserialize, Serialize};

use crate::Name;

/// First characters of the id of every registration; the id of its allocation follows.
pub const SERVICE_ID_PREFIX: &str = "_nomad-task-";

/// Services of one allocation that are kept at most.
pub const MAX_SERVICES: usize = 256;

/// A service that an allocation offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceInstance {
    /// Its id, made of the allocation's, the task or group, the name and the port.
    pub id: Name,
    /// Name under which it is found.
    pub name: Name,
    /// Its tags.
    pub tags: Vec<Name>,
    /// Where it is reached; empty without a port.
    pub address: Name,
    /// Its port; 0 for none.
    pub port: u16,
}

/// A service as the servers keep it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceRegistration {
    /// What its client said.
    pub instance: ServiceInstance,
    /// Index at which it was registered.
    pub create_index: u64,
    /// Index of its last change.
    pub modify_index: u64,
}
