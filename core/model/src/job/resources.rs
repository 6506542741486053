//! What a task asks of its node.

use crate::document;
use crate::{Affinity, Constraint, NetworkAsk};

document! {
    /// What a task asks of its node.
    Resources / ResourcesDraft {
        /// CPU shares in MHz.
        cpu: i64 = "CPU" ptr show,
        /// Cores reserved for the task alone.
        cores: i64 = "Cores" ptr show,
        /// Memory in MB.
        memory_mb: i64 = "MemoryMB" ptr show,
        /// Memory in MB that it may use when the node has some left; -1 means no limit.
        memory_max_mb: i64 = "MemoryMaxMB" ptr show,
        /// Disk in MB; belongs to the group.
        disk_mb: i64 = "DiskMB" ptr show,
        /// I/O operations per second; deprecated.
        iops: i64 = "IOPS" ptr show,
        /// Networks of the task; deprecated.
        networks: Vec<NetworkAsk> = "Networks" ptr show,
        /// Devices.
        devices: Vec<DeviceAsk> = "Devices" ptr show,
        /// Affinity to NUMA nodes.
        numa: Option<Numa> = "NUMA" ptr show,
        /// Size in MB of the `secrets` directory, added to the memory.
        secrets_mb: i64 = "SecretsMB" ptr show,
    }
}

document! {
    /// Devices that a task asks for.
    DeviceAsk / DeviceAskDraft {
        /// `type`, `vendor/type` or `vendor/type/model`.
        name: String = "Name" val show,
        /// How many.
        count: u64 = "Count" ptr show,
        /// Rules that a device must meet.
        constraints: Vec<Constraint> = "Constraints" ptr show,
        /// Preferences among devices.
        affinities: Vec<Affinity> = "Affinities" ptr show,
    }
}

document! {
    /// Affinity to NUMA nodes.
    Numa / NumaDraft {
        /// `none`, `prefer` or `require`.
        affinity: String = "Affinity" val show,
        /// Devices that should be on the same node.
        devices: Vec<String> = "Devices" val show,
    }
}
