//! Killing a task's processes where there is no cgroup: by ancestry, and by session.
//!
//! The walk needs the caller to be a child subreaper, so that an orphan comes back to it. Bounds: 65,536 processes
//! per pass, passes until the deadline.

use std::collections::BTreeSet;
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use crate::pidfd::PidFd;
use crate::proc_stat::{self, ProcStat};

const MAX_PROCESSES: usize = 65_536;

/// Returns all living descendants of `root`, without `root`.
#[must_use]
pub fn of(root: i32) -> Vec<i32> {
    let mut found = Vec::new();
    let mut queue = vec![root];
    let mut seen = BTreeSet::from([root]);
    while let Some(parent) = queue.pop() {
        for child in children(parent) {
            if found.len() < MAX_PROCESSES && seen.insert(child) {
                found.push(child);
                queue.push(child);
            }
        }
    }
    found
}

/// Kills all descendants of `root` and waits until they are gone or zombies; returns how many are left.
///
/// `reap` is called in every pass: the caller collects its zombies there.
pub fn kill_all(root: i32, deadline: Duration, mut reap: impl FnMut()) -> usize {
    let start = Instant::now();
    loop {
        reap();
        let living: Vec<i32> = of(root).into_iter().filter(|pid| is_living(*pid)).collect();
        if living.is_empty() || start.elapsed() >= deadline {
            return living.len();
        }
        for pid in living {
            kill_if(pid, |stat| stat.parent != 0);
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// Kills every process of the session that `leader` opened, and waits until they are gone; returns how many are left.
///
/// For the orphans of a dead executor: each task is the leader of its own session. `start_ticks` of the leader
/// guards against a reused pid: members of a session are never older than its leader.
pub fn kill_session(leader: i32, start_ticks: u64, deadline: Duration) -> usize {
    let is_member = |stat: &ProcStat| {
        let own = stat.pid == leader && stat.start_ticks == start_ticks;
        let child = stat.pid != leader && stat.session == leader && stat.start_ticks >= start_ticks;
        (own || child) && !stat.is_zombie()
    };
    let start = Instant::now();
    loop {
        let reused = proc_stat::read(leader).is_ok_and(|stat| stat.start_ticks != start_ticks);
        let members: Vec<i32> =
            proc_stat::read_all().iter().filter(|s| is_member(s)).map(|s| s.pid).collect();
        if reused || members.is_empty() {
            return 0;
        }
        if start.elapsed() >= deadline {
            return members.len();
        }
        for pid in members {
            kill_if(pid, is_member);
        }
        thread::sleep(Duration::from_millis(1));
    }
}

fn is_living(pid: i32) -> bool {
    proc_stat::read(pid).is_ok_and(|stat| !stat.is_zombie())
}

/// Kills `pid` if, with the process pinned by its descriptor, it still is what `expected` says.
fn kill_if(pid: i32, expected: impl Fn(&ProcStat) -> bool) {
    let Ok(pidfd) = PidFd::open(pid) else { return };
    if proc_stat::read(pid).is_ok_and(|stat| expected(&stat)) {
        // A process that ended meanwhile is what we want.
        let _ = pidfd.signal(libc::SIGKILL);
    }
}

/// Returns the children of all threads of a process.
fn children(parent: i32) -> Vec<i32> {
    let Ok(threads) = fs::read_dir(format!("/proc/{parent}/task")) else { return Vec::new() };
    let mut found = Vec::new();
    for thread in threads.flatten() {
        match fs::read_to_string(thread.path().join("children")) {
            Ok(text) => found.extend(text.split_whitespace().filter_map(|pid| pid.parse::<i32>().ok())),
            // Kernels without CONFIG_PROC_CHILDREN.
            Err(_) => return by_parent(parent),
        }
    }
    found
}

fn by_parent(parent: i32) -> Vec<i32> {
    proc_stat::read_all().iter().filter(|stat| stat.parent == parent).map(|stat| stat.pid).collect()
}
