//! Removing what a killed agent left: executors with their tasks, cgroups, mounts, directories.
//!
//! Only below the roots that the caller names. Blocks: killing may take seconds.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use sandbox::cgroup::{GroupName, Hierarchies};

use crate::alloc_dir::{AllocPaths, remove_alloc};
use crate::drivers::executors_dir;

/// How long processes in cgroups may take to die.
const KILL: Duration = Duration::from_secs(10);

/// Where an agent kept everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roots {
    /// Its state; everything in it is removed but the lock.
    pub state_dir: PathBuf,
    /// Directories of allocations; every one in it is removed.
    pub alloc_dir: PathBuf,
    /// Cgroup of its tasks; removed with all below it.
    pub cgroup_parent: Option<String>,
}

/// Ends and removes everything below `roots`. Returns what could not be removed, as text for people.
///
/// The agent that used them must be gone: its lock on the state directory free.
#[must_use]
pub fn sweep_leftovers(roots: &Roots) -> Vec<String> {
    let mut left = Vec::new();
    match executor::link::sweep(&executors_dir(&roots.state_dir), |_| false) {
        Ok(report) => {
            left.extend(report.failed.into_iter().map(|(name, error)| format!("task {name}: {error}")))
        }
        Err(error) => left.push(format!("{}: {error}", roots.state_dir.display())),
    }
    if let Some(parent) = &roots.cgroup_parent {
        sweep_cgroups(parent, &mut left);
    }
    for_each(&roots.alloc_dir, &mut left, |path| remove_alloc(&AllocPaths { root: path }));
    for_each(&roots.state_dir, &mut left, |path| {
        if path.ends_with("lock") {
            return Ok(());
        }
        if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
    });
    left
}

/// Removes the cgroup of an agent's tasks when nothing is in it any more.
pub(crate) fn remove_empty_cgroup(parent: &str) {
    let (Ok(hierarchies), Ok(name)) = (Hierarchies::detect(), GroupName::new(parent)) else { return };
    // Every child is kept, so that nothing but an empty parent goes.
    let _ = sandbox::cgroup::sweep(&hierarchies, &name, |_| true, Duration::ZERO);
}

fn sweep_cgroups(parent: &str, left: &mut Vec<String>) {
    let Ok(hierarchies) = Hierarchies::detect() else { return };
    match GroupName::new(parent) {
        Ok(name) => {
            let report = sandbox::cgroup::sweep(&hierarchies, &name, |_| false, KILL);
            left.extend(report.failed.into_iter().map(|(name, error)| format!("cgroup {name}: {error}")));
        }
        Err(error) => left.push(error.to_string()),
    }
}

fn for_each(dir: &PathBuf, left: &mut Vec<String>, remove: impl Fn(PathBuf) -> io::Result<()>) {
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return,
        Err(error) => return left.push(format!("{}: {error}", dir.display())),
        Ok(entries) => entries,
    };
    for entry in entries.flatten() {
        if let Err(error) = remove(entry.path()) {
            left.push(format!("{}: {error}", entry.path().display()));
        }
    }
}
