//! What the host uses: `/proc` and the file system of the allocations.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use model::Timestamp;

use crate::clock;
use crate::shared::Shared;

/// What the host uses. A simulated node uses nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HostStats {
    /// Each core, since somebody last asked; the first time since the host was started.
    pub cpus: Vec<CpuCore>,
    /// Memory.
    pub memory: HostMemory,
    /// The file system of the allocations.
    pub alloc_dir: DiskStats,
    /// Seconds since the host was started.
    pub uptime_s: u64,
    /// When it was read.
    pub at: Timestamp,
}

/// How a core spent its time, in percent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CpuCore {
    /// Its name, such as `cpu0`.
    pub name: String,
    /// In user mode.
    pub user: f64,
    /// In the kernel.
    pub system: f64,
    /// Doing nothing.
    pub idle: f64,
}

/// Memory of the host, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HostMemory {
    /// All.
    pub total: u64,
    /// What tasks could get.
    pub available: u64,
    /// Unused.
    pub free: u64,
    /// Used, caches apart.
    pub used: u64,
}

/// A file system.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DiskStats {
    /// Bytes.
    pub size: u64,
    /// Bytes used.
    pub used: u64,
    /// Bytes that we may still use.
    pub available: u64,
    /// Percent used.
    pub used_percent: f64,
    /// Percent of the inodes used.
    pub inodes_percent: f64,
}

/// Reads the host.
pub(crate) fn host(shared: &Shared) -> HostStats {
    let at = clock::now();
    if shared.is_simulated() {
        return HostStats { at, ..HostStats::default() };
    }
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    HostStats {
        cpus: cpus(&shared.samples.replace_times(times(&read("/proc/stat")))),
        memory: memory(&read("/proc/meminfo")),
        alloc_dir: disk(&shared.config.alloc_dir).unwrap_or_default(),
        uptime_s: read("/proc/uptime").split('.').next().and_then(|text| text.parse().ok()).unwrap_or(0),
        at,
    }
}

/// Times of each core in ticks: user, nice, system, idle, and so on.
pub(super) type CoreTimes = BTreeMap<String, Vec<u64>>;

fn times(stat: &str) -> CoreTimes {
    let core = |line: &str| {
        let mut fields = line.split_whitespace();
        let name = fields.next().filter(|name| name.len() > 3 && name.starts_with("cpu"))?;
        // The last two are part of the first two.
        Some((name.to_owned(), fields.take(8).filter_map(|field| field.parse().ok()).collect()))
    };
    stat.lines().filter_map(core).collect()
}

/// Returns how much of each time has passed since an earlier reading.
pub(super) fn passed(now: &CoreTimes, before: &CoreTimes) -> CoreTimes {
    let none = Vec::new();
    let core = |(name, times): (&String, &Vec<u64>)| {
        let old = before.get(name).unwrap_or(&none).iter().chain(std::iter::repeat(&0));
        (name.clone(), times.iter().zip(old).map(|(now, old)| now.saturating_sub(*old)).collect())
    };
    now.iter().map(core).collect()
}

fn cpus(times: &CoreTimes) -> Vec<CpuCore> {
    let core = |(name, times): (&String, &Vec<u64>)| {
        let time = |index: usize| times.get(index).copied().unwrap_or(0);
        let total: u64 = times.iter().sum();
        let percent = |time: u64| if total == 0 { 0.0 } else { time as f64 / total as f64 * 100.0 };
        CpuCore {
            name: name.clone(),
            user: percent(time(0) + time(1)),
            system: percent(time(2)),
            idle: percent(time(3)),
        }
    };
    times.iter().map(core).collect()
}

fn memory(meminfo: &str) -> HostMemory {
    let field = |name: &str| {
        let line = meminfo.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        kilobytes.unwrap_or(0) << 10
    };
    let (total, available, free) = (field("MemTotal"), field("MemAvailable"), field("MemFree"));
    let cached = field("Cached") + field("Buffers") + field("SReclaimable");
    HostMemory { total, available, free, used: total.saturating_sub(free + cached) }
}

/// Reads how full the file system of a directory is; `None` when the system does not say.
pub(crate) fn disk(dir: &Path) -> Option<DiskStats> {
    let found = rustix::fs::statvfs(dir).ok()?;
    let bytes = |blocks: u64| blocks.saturating_mul(found.f_frsize);
    let used = found.f_blocks.saturating_sub(found.f_bfree);
    Some(DiskStats {
        size: bytes(found.f_blocks),
        used: bytes(used),
        available: bytes(found.f_bavail),
        used_percent: percent_used(used, found.f_bavail),
        inodes_percent: percent_used(found.f_files.saturating_sub(found.f_ffree), found.f_favail),
    })
}

/// As `df` counts: what is kept for the system is neither used nor free.
fn percent_used(used: u64, available: u64) -> f64 {
    let all = used as f64 + available as f64;
    if all == 0.0 { 0.0 } else { used as f64 / all * 100.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cores_and_memory_are_read_from_proc() {
        let first = times("cpu 9 9 9 9\ncpu0 10 0 30 60 0 0 0 0 5 5\nintr 1\n");
        let core = |user, system, idle| CpuCore { name: "cpu0".to_owned(), user, system, idle };
        assert_eq!(cpus(&first), [core(10.0, 30.0, 60.0)]);
        let second = times("cpu0 11 0 31 62 0 0 0 0 5 5\n");
        assert_eq!(cpus(&passed(&second, &first)), [core(25.0, 25.0, 50.0)]);
        let text = "MemTotal: 100 kB\nMemFree: 20 kB\nMemAvailable: 60 kB\nBuffers: 5 kB\nCached: 15 kB\n";
        let memory = memory(text);
        assert_eq!((memory.total, memory.available, memory.used), (102_400, 61_440, 61_440));
    }

    #[test]
    fn blocks_kept_for_the_system_do_not_count() {
        // 252 GiB of which 49 are used, 42 available, and the rest kept.
        assert_eq!(percent_used(49, 42).floor(), 53.0);
        assert_eq!((percent_used(0, 0), percent_used(7, 0)), (0.0, 100.0));
    }
}
