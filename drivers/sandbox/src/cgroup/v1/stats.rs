//! Usage from v1 files.

use std::path::Path;

use super::super::stats::field;
use super::super::{Controller, Events, Stats, tree};

/// Reads what the group has used.
pub(super) fn read<'a>(dir: impl Fn(Controller) -> Option<&'a Path>) -> Stats {
    let mut stats = Stats::default();
    if let Some(dir) = dir(Controller::Cpuacct) {
        stats.cpu_ns = tree::read_number(dir, "cpuacct.usage");
        stats.cpu_user_ns = tree::read_number(dir, "cpuacct.usage_user");
        stats.cpu_system_ns = tree::read_number(dir, "cpuacct.usage_sys");
    }
    if let Some(dir) = dir(Controller::Cpu) {
        let text = tree::read(dir, "cpu.stat");
        stats.throttled_periods = field(&text, "nr_throttled");
        stats.throttled_ns = field(&text, "throttled_time");
    }
    if let Some(dir) = dir(Controller::Memory) {
        let text = tree::read(dir, "memory.stat");
        stats.memory_usage = tree::read_number(dir, "memory.usage_in_bytes");
        stats.memory_max_usage = tree::read_number(dir, "memory.max_usage_in_bytes");
        stats.rss = field(&text, "total_rss");
        stats.cache = field(&text, "total_cache");
        stats.swap = field(&text, "total_swap");
        stats.kernel = tree::read_number(dir, "memory.kmem.usage_in_bytes");
    }
    if let Some(dir) = dir(Controller::Pids) {
        stats.pids = tree::read_number(dir, "pids.current");
    }
    stats
}

/// Reads what happened in the group.
pub(super) fn events<'a>(dir: impl Fn(Controller) -> Option<&'a Path>) -> Events {
    let oom = dir(Controller::Memory).map(|dir| tree::read(dir, "memory.oom_control")).unwrap_or_default();
    let pids = dir(Controller::Pids).map(|dir| tree::read(dir, "pids.events")).unwrap_or_default();
    Events { oom_kills: field(&oom, "oom_kill"), pids_refused: field(&pids, "max") }
}
