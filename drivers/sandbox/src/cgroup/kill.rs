//! Killing every process of a group, whatever it forks meanwhile.
//!
//! With `cgroup.kill` (v2, hybrid) the kernel does it at once; without it the list is read and killed again until it
//! is empty. Both wait until no process is left, and give up at the deadline.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::{CgroupError, tree};
use crate::pidfd::PidFd;

const FIRST_PAUSE: Duration = Duration::from_micros(200);
const LONGEST_PAUSE: Duration = Duration::from_millis(10);

/// Kills everything in `dir` and waits, at most `deadline`, until it is empty.
pub(super) fn kill_all(name: &str, dir: &Path, deadline: Duration) -> Result<(), CgroupError> {
    let start = Instant::now();
    let mut pause = FIRST_PAUSE;
    loop {
        if !dir.exists() {
            return Ok(());
        }
        // Fails on v1 and before Linux 5.14; the loop below then does the work.
        let by_kernel = dir.join("cgroup.kill").exists() && tree::write(dir, "cgroup.kill", "1").is_ok();
        let pids = tree::pids(dir);
        if pids.is_empty() {
            return Ok(());
        }
        if !by_kernel {
            kill_members(name, &pids);
        }
        if start.elapsed() >= deadline {
            let waited_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
            return Err(CgroupError::StillPopulated { name: name.to_owned(), left: pids.len(), waited_ms });
        }
        thread::sleep(pause);
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Sends SIGKILL to those of `pids` that are still members, so that a reused pid is never hit.
fn kill_members(name: &str, pids: &[i32]) {
    for &pid in pids {
        let Ok(pidfd) = PidFd::open(pid) else { continue };
        let groups = std::fs::read_to_string(format!("/proc/{pid}/cgroup")).unwrap_or_default();
        if groups.lines().any(|line| is_below(line, name)) {
            // A process that ended meanwhile is what we want.
            let _ = pidfd.signal(libc::SIGKILL);
        }
    }
}

/// Returns whether a line of `/proc/PID/cgroup` (`id:controllers:path`) lies in the group `name`.
fn is_below(line: &str, name: &str) -> bool {
    let path = line.splitn(3, ':').nth(2).unwrap_or_default();
    let mut rest = path;
    while let Some(at) = rest.find(name) {
        let starts = at > 0 && rest.as_bytes()[at - 1] == b'/';
        let end = rest.as_bytes().get(at + name.len());
        if starts && (end.is_none() || end == Some(&b'/')) {
            return true;
        }
        rest = &rest[at + name.len()..];
    }
    false
}

#[cfg(test)]
mod tests {
    use super::is_below;

    #[test]
    fn membership_is_by_whole_components() {
        assert!(is_below("4:memory:/nomad/web", "nomad/web"));
        assert!(is_below("4:memory:/outer/nomad/web/inner", "nomad/web"));
        assert!(!is_below("4:memory:/nomad/web-2", "nomad/web"));
        assert!(!is_below("4:memory:/xnomad/web", "nomad/web"));
        assert!(!is_below("0::/", "nomad/web"));
    }
}
