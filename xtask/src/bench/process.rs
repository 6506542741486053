//! What the kernel says of processes: who started them and how much memory they have.
//!
//! Limits: Linux's `/proc` only. A process that ends while it is looked at counts as gone.

use std::fs;

use anyhow::{Context, Result, bail};

/// Clock ticks of a second, as Linux counts them for programs.
const TICKS: f64 = 100.0;
/// Processes of the machine that are looked at.
const MAX_PROCESSES: usize = 100_000;

/// A process that a reused pid is not mistaken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Process {
    /// Its pid.
    pub(crate) pid: u32,
    parent: u32,
    /// Clock ticks since boot.
    start_time: u64,
}

impl Process {
    /// Whether it runs; a zombie does not.
    pub(crate) fn is_alive(&self) -> bool {
        look(self.pid).is_some_and(|now| now.start_time == self.start_time)
    }
}

/// An amount of memory.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Memory {
    /// In units of 1,024 bytes, as the kernel counts.
    kibibytes: u64,
}

impl Memory {
    /// The amount in units of 1,000,000 bytes.
    pub(crate) fn megabytes(self) -> f64 {
        self.kibibytes as f64 * 1_024.0 / 1_000_000.0
    }
}

/// What of the machine's memory a process accounts for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Share {
    /// Its own pages and its part of those that it shares (PSS).
    pub(crate) proportional: Memory,
    /// Its own pages (USS).
    pub(crate) unique: Memory,
}

impl Share {
    /// Adds the share of another process.
    pub(crate) fn add(&mut self, other: Self) {
        self.proportional.kibibytes += other.proportional.kibibytes;
        self.unique.kibibytes += other.unique.kibibytes;
    }
}

/// Resident memory of a process.
pub(crate) fn resident(pid: u32) -> Result<Memory> {
    field(&read(pid, "status")?, "VmRSS:")
}

/// CPU time that a process has used, in seconds.
pub(crate) fn cpu_seconds(pid: u32) -> Result<f64> {
    let stat = read(pid, "stat")?;
    let (_, rest) = stat.rsplit_once(") ").context("the kernel's line on a process has no name")?;
    let ticks: Vec<u64> =
        rest.split_whitespace().skip(11).take(2).map_while(|ticks| ticks.parse().ok()).collect();
    let [user, system] = ticks.as_slice() else { bail!("the kernel says no CPU time of process {pid}") };
    Ok((user + system) as f64 / TICKS)
}

/// What a process accounts for.
pub(crate) fn share(pid: u32) -> Result<Share> {
    let text = read(pid, "smaps_rollup")?;
    let clean = field(&text, "Private_Clean:")?;
    let dirty = field(&text, "Private_Dirty:")?;
    Ok(Share {
        proportional: field(&text, "Pss:")?,
        unique: Memory { kibibytes: clean.kibibytes + dirty.kibibytes },
    })
}

/// Pids of the executors that a process started.
pub(crate) fn executors(parent: u32) -> Result<Vec<u32>> {
    let is_executor = |process: &&Process| {
        let command = fs::read(format!("/proc/{}/cmdline", process.pid)).unwrap_or_default();
        command.split(|byte| *byte == 0).nth(1) == Some(b"executor")
    };
    Ok(all()?.iter().filter(|one| one.parent == parent).filter(is_executor).map(|one| one.pid).collect())
}

/// Every process that a process started, directly or not.
pub(crate) fn descendants(ancestor: u32) -> Result<Vec<Process>> {
    Ok(below(ancestor, &all()?))
}

fn below(ancestor: u32, all: &[Process]) -> Vec<Process> {
    let mut found: Vec<Process> = all.iter().filter(|one| one.parent == ancestor).copied().collect();
    let mut next = 0;
    // Ends: a process has one parent and is none of its own ancestors.
    while let Some(parent) = found.get(next).copied() {
        found.extend(all.iter().filter(|one| one.parent == parent.pid));
        next += 1;
    }
    found
}

fn all() -> Result<Vec<Process>> {
    let entries = fs::read_dir("/proc").context("cannot read /proc")?;
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    Ok(pids.take(MAX_PROCESSES).filter_map(look).collect())
}

/// A process as it is now; none when it is gone or a zombie.
fn look(pid: u32) -> Option<Process> {
    parse(pid, &fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

fn parse(pid: u32, stat: &str) -> Option<Process> {
    // The name may hold spaces and parentheses: fields are counted from its end.
    let (_, rest) = stat.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    if matches!(fields.first(), Some(&("Z" | "X"))) {
        return None;
    }
    Some(Process { pid, parent: fields.get(1)?.parse().ok()?, start_time: fields.get(19)?.parse().ok()? })
}

fn read(pid: u32, file: &str) -> Result<String> {
    let path = format!("/proc/{pid}/{file}");
    fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))
}

fn field(text: &str, name: &str) -> Result<Memory> {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .with_context(|| format!("the kernel says no {name}"))?;
    let number = line.trim().trim_end_matches("kB").trim();
    let kibibytes = number.parse().with_context(|| format!("{name} {number:?} is no number"))?;
    Ok(Memory { kibibytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAIL: &str = "0 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 777 9 9";

    #[test]
    fn a_name_with_parentheses_does_not_shift_the_fields() {
        let process = parse(7, &format!("7 (a ) b) S 3 7 {TAIL}"));
        assert_eq!(process, Some(Process { pid: 7, parent: 3, start_time: 777 }));
    }

    #[test]
    fn a_zombie_is_gone() {
        assert_eq!(parse(7, &format!("7 (sleep) Z 3 7 {TAIL}")), None);
    }

    #[test]
    fn grandchildren_are_descendants_and_siblings_are_not() {
        let process = |pid, parent| Process { pid, parent, start_time: 1 };
        let all = [process(5, 4), process(2, 1), process(4, 2), process(3, 1), process(6, 3)];
        let pids: Vec<u32> = below(2, &all).iter().map(|one| one.pid).collect();
        assert_eq!(pids, [4, 5]);
    }

    #[test]
    fn amounts_of_the_kernel_are_multiples_of_1024_bytes() {
        let text = "Rss:  100 kB\nPss:       1000 kB\nPss_Dirty:  7 kB\n";
        assert_eq!(field(text, "Pss:").unwrap().megabytes(), 1.024);
        assert!(field(text, "Private_Clean:").is_err());
    }

    #[test]
    fn this_process_is_alive_and_has_memory() {
        let pid = std::process::id();
        assert!(look(pid).unwrap().is_alive());
        assert!(resident(pid).unwrap().megabytes() > 0.1);
    }
}
