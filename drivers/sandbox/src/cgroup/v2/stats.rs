//! Usage from v2 files.

use std::path::Path;

use super::super::stats::field;
use super::super::{Events, Stats, tree};

/// Reads what the group has used.
pub(super) fn read(dir: &Path) -> Stats {
    let cpu = tree::read(dir, "cpu.stat");
    let memory = tree::read(dir, "memory.stat");
    let nanoseconds = |key| field(&cpu, key).saturating_mul(1_000);
    Stats {
        cpu_ns: nanoseconds("usage_usec"),
        cpu_user_ns: nanoseconds("user_usec"),
        cpu_system_ns: nanoseconds("system_usec"),
        throttled_periods: field(&cpu, "nr_throttled"),
        throttled_ns: nanoseconds("throttled_usec"),
        memory_usage: tree::read_number(dir, "memory.current"),
        memory_max_usage: tree::read_number(dir, "memory.peak"),
        rss: field(&memory, "anon"),
        cache: field(&memory, "file"),
        swap: tree::read_number(dir, "memory.swap.current"),
        kernel: field(&memory, "kernel"),
        pids: tree::read_number(dir, "pids.current"),
    }
}

/// Reads what happened in the group.
pub(super) fn events(dir: &Path) -> Events {
    Events {
        oom_kills: field(&tree::read(dir, "memory.events"), "oom_kill"),
        pids_refused: field(&tree::read(dir, "pids.events"), "max"),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn files_of_a_v2_group_become_statistics() {
        let dir = tempfile::tempdir().expect("directory");
        let put = |name: &str, text: &str| fs::write(dir.path().join(name), text).expect("file");
        put("cpu.stat", "usage_usec 12\nuser_usec 8\nsystem_usec 4\nnr_throttled 2\nthrottled_usec 7\n");
        put("memory.stat", "anon 100\nfile 50\nkernel 7\n");
        put("memory.current", "170\n");
        put("memory.events", "low 0\noom 1\noom_kill 2\n");
        let stats = read(dir.path());
        assert_eq!((stats.cpu_ns, stats.cpu_user_ns, stats.cpu_system_ns), (12_000, 8_000, 4_000));
        assert_eq!((stats.memory_usage, stats.rss, stats.cache, stats.kernel), (170, 100, 50, 7));
        assert_eq!((stats.throttled_periods, stats.throttled_ns, stats.pids), (2, 7_000, 0));
        assert_eq!(events(dir.path()).oom_kills, 2);
    }
}
