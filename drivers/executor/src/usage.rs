//! What a task uses now: from its cgroup, or summed over its processes.

use sandbox::cgroup::{Group, Stats};
use sandbox::{descendants, proc_stat};
use serde::{Deserialize, Serialize};

/// Usage of one task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// The numbers; those that the source does not have are zero.
    pub stats: Stats,
    /// Whether they come from a cgroup, which also counts processes that have ended.
    pub by_cgroup: bool,
    /// Time of the reading, in nanoseconds since the epoch.
    pub at_ns: u64,
}

/// Reads the usage of the task below this executor.
pub(crate) fn read(group: Option<&Group>, executor: i32, at_ns: u64) -> Usage {
    match group {
        Some(group) => Usage { stats: group.stats(), by_cgroup: true, at_ns },
        None => Usage { stats: by_process(executor), by_cgroup: false, at_ns },
    }
}

fn by_process(executor: i32) -> Stats {
    let tick_ns = 1_000_000_000 / rustix::param::clock_ticks_per_second().max(1);
    let page = rustix::param::page_size() as u64;
    let mut stats = Stats::default();
    for stat in descendants::of(executor).into_iter().filter_map(|pid| proc_stat::read(pid).ok()) {
        stats.cpu_user_ns += stat.user_ticks * tick_ns;
        stats.cpu_system_ns += stat.system_ticks * tick_ns;
        stats.rss += proc_stat::rss_pages(stat.pid).unwrap_or(0) * page;
        stats.pids += 1;
    }
    stats.cpu_ns = stats.cpu_user_ns + stats.cpu_system_ns;
    stats.memory_usage = stats.rss;
    stats
}
