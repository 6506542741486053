//! What a task uses. Counters only grow; rates are the reader's to compute.

/// Usage of one task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TaskStats {
    /// CPU.
    pub cpu: CpuStats,
    /// Memory.
    pub memory: MemoryStats,
    /// Processes and threads.
    pub pids: u64,
    /// Time of the reading, in nanoseconds since the epoch.
    pub at_ns: u64,
}

/// CPU time of a task since its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CpuStats {
    /// All of it, in nanoseconds.
    pub total_ns: u64,
    /// In user mode, in nanoseconds.
    pub user_ns: u64,
    /// In the kernel, in nanoseconds.
    pub system_ns: u64,
    /// Periods in which the task was throttled.
    pub throttled_periods: u64,
    /// Time throttled, in nanoseconds.
    pub throttled_ns: u64,
}

/// Memory of a task, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryStats {
    /// Charged to the task now.
    pub usage: u64,
    /// The highest `usage` so far; 0 where it is not counted.
    pub max_usage: u64,
    /// Anonymous memory.
    pub rss: u64,
    /// Page cache.
    pub cache: u64,
    /// Swapped.
    pub swap: u64,
    /// The kernel's for the task.
    pub kernel: u64,
}
