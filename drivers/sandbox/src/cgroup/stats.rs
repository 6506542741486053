//! What a group has used; the same fields for v1 and v2.

/// Usage of one group. A field that the host does not count is zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Stats {
    /// CPU time, in nanoseconds.
    pub cpu_ns: u64,
    /// CPU time in user mode, in nanoseconds.
    pub cpu_user_ns: u64,
    /// CPU time in the kernel, in nanoseconds.
    pub cpu_system_ns: u64,
    /// Periods in which the group was throttled.
    pub throttled_periods: u64,
    /// Time throttled, in nanoseconds.
    pub throttled_ns: u64,
    /// Memory charged to the group, in bytes.
    pub memory_usage: u64,
    /// The highest `memory_usage` so far, in bytes.
    pub memory_max_usage: u64,
    /// Anonymous memory, in bytes.
    pub rss: u64,
    /// Page cache, in bytes.
    pub cache: u64,
    /// Swapped memory, in bytes.
    pub swap: u64,
    /// Memory of the kernel for this group, in bytes.
    pub kernel: u64,
    /// Processes and threads now.
    pub pids: u64,
}

/// Things that happened in a group and that its statistics do not show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Events {
    /// Processes that the kernel killed for lack of memory.
    pub oom_kills: u64,
    /// Forks refused by the limit of processes.
    pub pids_refused: u64,
}

/// Returns the number after `key` in text of `key value` lines.
pub(super) fn field(text: &str, key: &str) -> u64 {
    text.lines()
        .filter_map(|line| line.split_once(' '))
        .find(|(name, _)| *name == key)
        .and_then(|(_, value)| value.trim().parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::field;

    #[test]
    fn a_field_is_found_by_its_whole_name() {
        let text = "oom 1\noom_kill 3\nbad x\n";
        assert_eq!(field(text, "oom_kill"), 3);
        assert_eq!(field(text, "oom"), 1);
        assert_eq!(field(text, "bad"), 0);
        assert_eq!(field(text, "absent"), 0);
    }
}
