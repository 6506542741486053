//! Ending what an executor or its task may have left, by what the state file says.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use sandbox::cgroup::{Group, GroupName, Hierarchies};
use sandbox::descendants;
use sandbox::pidfd::{self, PidFd};

use super::{Executor, LinkError};
use crate::state_file::{self, Phase, State, StateError};

/// How long processes may take to die.
const KILL: Duration = Duration::from_secs(5);

/// Kills the executor, its task and its group if any of them still lives, and removes the state directory.
///
/// For a task that is to be forgotten; one that is gone already is fine.
///
/// # Errors
/// When the directory cannot be removed.
pub fn destroy(state_dir: &Path) -> Result<(), LinkError> {
    match state_file::read(state_dir) {
        Ok(state) => end(state_dir, state),
        // Nothing was started, or nothing can be known about it.
        Err(StateError::Missing(_) | StateError::Envelope { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    match fs::remove_dir_all(state_dir) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(LinkError::Process(error)),
        _ => Ok(()),
    }
}

/// What a sweep of state directories did.
#[derive(Debug, Default)]
pub struct SweepReport {
    /// Names of the directories that are gone now.
    pub removed: Vec<String>,
    /// Directories that could not be removed, with the reason.
    pub failed: Vec<(String, LinkError)>,
}

/// Destroys every state directory below `state_root` that `keep` does not want: tasks of an agent that has forgotten
/// them. A root that is not there has none.
///
/// # Errors
/// When the root cannot be listed.
pub fn sweep(state_root: &Path, keep: impl Fn(&str) -> bool) -> io::Result<SweepReport> {
    let mut report = SweepReport::default();
    let entries = match fs::read_dir(state_root) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(report),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() && !keep(&name) {
            match destroy(&entry.path()) {
                Ok(()) => report.removed.push(name),
                Err(error) => report.failed.push((name, error)),
            }
        }
    }
    Ok(report)
}

/// Has a living executor kill its task, since only it can find what left the group and the session; then kills what
/// of the state is left.
fn end(state_dir: &Path, state: State) {
    if let Ok(executor) = Executor::open(state_dir, &state) {
        let _ = executor.stop(rustix::process::Signal::KILL.as_raw(), Duration::ZERO);
        let _ = executor.wait_ended(KILL);
        let _ = executor.outcome();
    }
    let state = state_file::read(state_dir).unwrap_or(state);
    kill(&state);
}

/// Kills whatever of this state still lives. One that has ended is at most a group that could not be removed.
pub(super) fn kill(state: &State) {
    if pidfd::boot_id().ok().as_ref() != Some(&state.boot_id) {
        return;
    }
    // First the executor, so that it does not start or record anything meanwhile.
    if let Ok(executor) = PidFd::open_exact(state.executor.pid, state.executor.start_ticks) {
        let _ = executor.signal(rustix::process::Signal::KILL.as_raw());
        let _ = executor.wait_ended(KILL);
        let _ = executor.reap();
    }
    if let Phase::Running { task, .. } = state.phase {
        descendants::kill_session(task.pid, task.start_ticks, KILL);
    }
    let group = state.cgroup.as_deref().and_then(|name| {
        let name = GroupName::new(name).ok()?;
        Group::open(&Hierarchies::detect().ok()?, &name).ok()
    });
    if let Some(group) = group {
        // What does not go in time is left to a sweep.
        let _ = group.destroy(KILL);
    }
}
