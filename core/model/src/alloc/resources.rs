//! What the scheduler gave to one allocation beyond what its group asks: ports, cores, devices.
//!
//! CPU, memory and disk follow from the job's group and are not stored again.

use serde::{Deserialize, Serialize};

use crate::Name;

/// What one allocation got.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Assigned {
    /// Ports of the group's network, in the order of the ask: static ones first.
    pub ports: Box<[AssignedPort]>,
    /// Cores and devices; most allocations have none.
    pub exclusive: Option<Box<Exclusive>>,
    /// Whether its tasks may take up to their `memory_max`: the cluster, or its pool, allowed it.
    pub memory_max: bool,
}

/// A port that an allocation holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssignedPort {
    /// Label in the job.
    pub label: Name,
    /// Port on the host.
    pub value: u16,
    /// Port inside the namespace; 0 means the same.
    pub to: u16,
    /// Address on the host.
    pub host_ip: Name,
    /// Host network alias it was taken from.
    pub host_network: Name,
    /// Whether the job asked for this very number.
    pub reserved: bool,
}

/// What an allocation has for itself alone.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Exclusive {
    /// By task, in the order of the group.
    pub tasks: Vec<AssignedTask>,
}

/// What a task has for itself alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssignedTask {
    /// The task.
    pub task: Name,
    /// Ids of cores.
    pub cores: Vec<u16>,
    /// CPU shares in MHz that those cores are worth.
    pub cpu_shares: u32,
    /// Devices.
    pub devices: Vec<AssignedDevice>,
}

/// Instances of one device group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssignedDevice {
    /// Vendor.
    pub vendor: Name,
    /// Type.
    pub device_type: Name,
    /// Model.
    pub name: Name,
    /// Ids of the instances.
    pub ids: Vec<Name>,
}
