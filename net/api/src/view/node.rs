//! Nodes.

use std::collections::BTreeMap;

use super::view;

view! {
    /// A node in a list.
    NodeStub {
        /// Id.
        #[serde(rename = "ID")]
        id: String,
        /// Name.
        name: String,
        /// Pool.
        node_pool: String,
        /// Datacenter.
        datacenter: String,
        /// Class.
        node_class: String,
        /// Address.
        address: String,
        /// Version of the agent.
        version: String,
        /// Whether it is being drained.
        drain: bool,
        /// `eligible` or `ineligible`.
        scheduling_eligibility: String,
        /// Status.
        status: String,
        /// Selected attributes.
        attributes: BTreeMap<String, String>,
    }

    /// A node.
    NodeView {
        /// Id.
        #[serde(rename = "ID")]
        id: String,
        /// Name.
        name: String,
        /// Pool.
        node_pool: String,
        /// Datacenter.
        datacenter: String,
        /// Class.
        node_class: String,
        /// Whether it is being drained.
        drain: bool,
        /// `eligible` or `ineligible`.
        scheduling_eligibility: String,
        /// Status.
        status: String,
        /// Attributes.
        attributes: BTreeMap<String, String>,
        /// Metadata.
        meta: BTreeMap<String, Option<String>>,
        /// Drivers.
        drivers: BTreeMap<String, DriverView>,
        /// Host volumes.
        host_volumes: BTreeMap<String, HostVolumeView>,
        /// Host networks.
        host_networks: BTreeMap<String, serde_json::Value>,
        /// CSI controllers.
        #[serde(rename = "CSIControllerPlugins")]
        csi_controllers: BTreeMap<String, serde_json::Value>,
        /// CSI node plugins.
        #[serde(rename = "CSINodePlugins")]
        csi_nodes: BTreeMap<String, serde_json::Value>,
        /// What happened, oldest first.
        events: Vec<NodeEvent>,
        /// What it has.
        node_resources: NodeResources,
        /// What is kept for the host.
        reserved_resources: NodeReservedResources,
    }

    /// A driver on a node.
    DriverView {
        /// Whether it is there.
        detected: bool,
        /// Whether it works.
        healthy: bool,
        /// Why not.
        health_description: String,
        /// When that was found, RFC 3339.
        update_time: String,
    }

    /// A directory of the host that tasks may mount.
    HostVolumeView {
        /// Name.
        name: String,
        /// Directory.
        path: String,
        /// Whether it may only be read.
        read_only: bool,
    }

    /// Something that happened to a node.
    NodeEvent {
        /// What.
        message: String,
        /// Part of the system.
        subsystem: String,
        /// When, RFC 3339.
        timestamp: String,
        /// Arguments.
        details: BTreeMap<String, String>,
    }

    /// What a node has.
    NodeResources {
        /// Processors.
        cpu: NodeCpu,
        /// Memory.
        memory: NodeMemory,
        /// Disk.
        disk: NodeDisk,
    }

    /// What is kept for the host.
    NodeReservedResources {
        /// Processors.
        cpu: NodeCpu,
        /// Memory.
        memory: NodeMemory,
        /// Disk.
        disk: NodeDisk,
    }

    /// Processors.
    NodeCpu {
        /// MHz.
        cpu_shares: i64,
    }

    /// Memory.
    NodeMemory {
        /// MiB.
        #[serde(rename = "MemoryMB")]
        memory_mb: i64,
    }

    /// Disk.
    NodeDisk {
        /// MiB.
        #[serde(rename = "DiskMB")]
        disk_mb: i64,
    }

    /// Measurements of a host.
    HostStats {
        /// Seconds since it was started.
        uptime: u64,
        /// MHz in use.
        #[serde(rename = "CPUTicksConsumed")]
        cpu_ticks_consumed: f64,
        /// Processors.
        #[serde(rename = "CPU")]
        cpu: Vec<HostCpu>,
        /// Memory.
        memory: HostMemory,
        /// Disks.
        disk_stats: Vec<HostDisk>,
        /// Disk of the allocations.
        alloc_dir_stats: Option<HostDisk>,
    }

    /// A processor of a host, in per cent of its time.
    HostCpu {
        /// Its name.
        #[serde(rename = "CPU")]
        cpu: String,
        /// In programs.
        user: f64,
        /// In the system.
        system: f64,
        /// Unused.
        idle: f64,
    }

    /// Memory of a host.
    HostMemory {
        /// Bytes.
        total: u64,
        /// Bytes that programs could still get.
        available: u64,
        /// Bytes.
        used: u64,
        /// Bytes that hold nothing.
        free: u64,
    }

    /// A disk of a host.
    HostDisk {
        /// Device.
        device: String,
        /// Where it is mounted.
        mountpoint: String,
        /// Bytes.
        size: u64,
        /// Bytes.
        used: u64,
        /// Bytes.
        available: u64,
        /// Per cent.
        used_percent: f64,
        /// Per cent.
        inodes_used_percent: f64,
    }

    /// What an allocation uses.
    ResourceUsage {
        /// All tasks together.
        resource_usage: UsageParts,
        /// By task.
        tasks: BTreeMap<String, TaskUsage>,
    }

    /// What a task uses.
    TaskUsage {
        /// Its processes together.
        resource_usage: UsageParts,
    }

    /// Usage.
    UsageParts {
        /// Processors.
        cpu_stats: CpuUsage,
        /// Memory.
        memory_stats: MemoryUsage,
    }

    /// Processors in use.
    CpuUsage {
        /// MHz.
        total_ticks: f64,
        /// Per cent of one core.
        percent: f64,
        /// Of that in programs.
        user_mode: f64,
        /// Of that in the system.
        system_mode: f64,
        /// How often the limit was reached.
        throttled_periods: u64,
        /// Nanoseconds spent waiting because of the limit.
        throttled_time: u64,
        /// Which of these were measured.
        measured: Vec<String>,
    }

    /// Memory in use.
    MemoryUsage {
        /// Bytes.
        #[serde(rename = "RSS")]
        rss: u64,
        /// Bytes of files in memory.
        cache: u64,
        /// Bytes that were moved to disk.
        swap: u64,
        /// Bytes.
        usage: u64,
        /// The most bytes there ever were.
        max_usage: u64,
        /// Which of these were measured.
        measured: Vec<String>,
    }
}
