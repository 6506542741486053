//! `/proc/PID/stat`: parent, session, state and start time of a process.

use std::fs;
use std::io;

/// The fields of a process that identify it and its family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcStat {
    /// The pid.
    pub pid: i32,
    /// State letter of the kernel (`R`, `S`, `Z` …).
    pub state: char,
    /// Pid of the parent.
    pub parent: i32,
    /// Process group.
    pub group: i32,
    /// Session.
    pub session: i32,
    /// Time in user mode, in clock ticks.
    pub user_ticks: u64,
    /// Time in the kernel, in clock ticks.
    pub system_ticks: u64,
    /// Start, in clock ticks since boot: with the pid it names a process for ever.
    pub start_ticks: u64,
}

impl ProcStat {
    /// Returns whether the process has ended and only waits for its parent.
    #[must_use]
    pub fn is_zombie(&self) -> bool {
        matches!(self.state, 'Z' | 'X')
    }
}

/// Reads the process with this pid.
///
/// # Errors
/// `NotFound` when there is none, `InvalidData` when the kernel's text is not understood.
pub fn read(pid: i32) -> io::Result<ProcStat> {
    let text = fs::read(format!("/proc/{pid}/stat"))?;
    parse(&text).ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// Returns the resident memory of a process in pages; `stat` only has an estimate that can be zero.
///
/// # Errors
/// As [`read`].
pub fn rss_pages(pid: i32) -> io::Result<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/statm"))?;
    text.split_whitespace()
        .nth(1)
        .and_then(|number| number.parse().ok())
        .ok_or(io::ErrorKind::InvalidData.into())
}

/// Returns every process of the host, as far as it can be read.
#[must_use]
pub fn read_all() -> Vec<ProcStat> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter_map(|pid| read(pid).ok())
        .collect()
}

fn parse(text: &[u8]) -> Option<ProcStat> {
    // The name is in parentheses and may itself hold parentheses, spaces and bytes that are no UTF-8.
    let close = text.iter().rposition(|b| *b == b')')?;
    let open = text.iter().position(|b| *b == b'(')?;
    let pid = std::str::from_utf8(text.get(..open)?).ok()?.trim().parse().ok()?;
    let rest = std::str::from_utf8(text.get(close + 1..)?).ok()?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let number = |index: usize| fields.get(index)?.parse::<i32>().ok();
    let long = |index: usize| fields.get(index)?.parse::<u64>().ok();
    Some(ProcStat {
        pid,
        state: fields.first()?.chars().next()?,
        parent: number(1)?,
        group: number(2)?,
        session: number(3)?,
        user_ticks: long(11)?,
        system_ticks: long(12)?,
        start_ticks: long(19)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_parentheses_does_not_shift_the_fields() {
        let text = b"42 (a) b (\xff) S 7 42 42 0 -1 4194560 1 0 0 0 5 6 0 0 20 0 1 0 12345 1000 17 18\n";
        let stat = parse(text).expect("stat");
        assert_eq!((stat.pid, stat.state, stat.parent, stat.session), (42, 'S', 7, 42));
        assert_eq!((stat.user_ticks, stat.system_ticks, stat.start_ticks), (5, 6, 12345));
    }

    #[test]
    fn this_process_is_found() {
        let pid = i32::try_from(std::process::id()).expect("pid");
        let stat = read(pid).expect("stat");
        assert_eq!(stat.pid, pid);
        assert!(!stat.is_zombie());
        assert!(rss_pages(pid).expect("statm") > 10);
        assert!(read_all().iter().any(|other| other.pid == pid));
    }
}
