//! The state file: the truth about one task's processes, for agents that come later.
//!
//! Replaced by rename, so that a reader sees the old or the new state; not synced, because after a crash of the host
//! its processes are gone too, and the boot id says so.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::envelope::{self, EnvelopeError};

const FILE: &str = "state";
const TEMPORARY: &str = "state.new";

/// A process of this boot: a pid, and when it started, so that a reused pid is not mistaken for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessId {
    /// The pid.
    pub pid: i32,
    /// Start in clock ticks since boot.
    pub start_ticks: u64,
}

/// What an executor knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The boot of the host that the pids belong to.
    pub boot_id: String,
    /// The executor itself.
    pub executor: ProcessId,
    /// The task's own cgroup, if it has one.
    pub cgroup: Option<String>,
    /// How far the task is.
    pub phase: Phase,
}

/// How far a task is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// Not started yet, or the executor died on the way.
    Starting,
    /// It runs.
    Running {
        /// The task's first process, leader of its own session.
        task: ProcessId,
        /// Start, in nanoseconds since the epoch.
        started_ns: u64,
    },
    /// It has ended.
    Ended {
        /// The task's first process.
        task: ProcessId,
        /// Start, in nanoseconds since the epoch.
        started_ns: u64,
        /// How it ended.
        exit: TaskExit,
    },
}

/// How a task ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskExit {
    /// Its exit code; 0 when a signal killed it.
    pub code: i32,
    /// The signal that killed it; 0 otherwise.
    pub signal: i32,
    /// Whether the kernel killed a process of the task for lack of memory.
    pub oom_killed: bool,
    /// End, in nanoseconds since the epoch.
    pub finished_ns: u64,
    /// Bytes of output that could not be written to the log files.
    pub output_lost: u64,
}

/// Failure to read or write a state file.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// There is none: no executor ever got that far.
    #[error("no executor state in {0}")]
    Missing(PathBuf),
    /// It cannot be read or written.
    #[error("cannot access executor state {path}", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// Its content cannot be understood.
    #[error("executor state {path} is unreadable", path = path.display())]
    Envelope {
        /// The file.
        path: PathBuf,
        /// Why.
        source: EnvelopeError,
    },
}

/// Reads the state in `state_dir`.
///
/// # Errors
/// [`StateError::Missing`] when there is none.
pub(crate) fn read(state_dir: &Path) -> Result<State, StateError> {
    let path = state_dir.join(FILE);
    match fs::read(&path) {
        Ok(bytes) => envelope::decode(&bytes).map_err(|source| StateError::Envelope { path, source }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(StateError::Missing(path)),
        Err(source) => Err(StateError::Io { path, source }),
    }
}

/// Replaces the state in `state_dir`.
///
/// # Errors
/// When the file cannot be written.
pub(crate) fn write(state_dir: &Path, state: &State) -> Result<(), StateError> {
    let path = state_dir.join(FILE);
    let bytes =
        envelope::encode(state).map_err(|source| StateError::Envelope { path: path.clone(), source })?;
    let temporary = state_dir.join(TEMPORARY);
    fs::write(&temporary, bytes)
        .and_then(|()| fs::rename(&temporary, &path))
        .map_err(|source| StateError::Io { path, source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_is_replaced_as_a_whole() {
        let dir = tempfile::tempdir().expect("directory");
        assert!(matches!(read(dir.path()), Err(StateError::Missing(_))));
        let process = |pid| ProcessId { pid, start_ticks: 9 };
        let mut state = State {
            boot_id: "b".to_owned(),
            executor: process(1),
            cgroup: Some("nomad/x".to_owned()),
            phase: Phase::Starting,
        };
        write(dir.path(), &state).expect("write");
        assert_eq!(read(dir.path()).expect("read"), state);
        let exit = TaskExit { code: 3, ..TaskExit::default() };
        state.phase = Phase::Ended { task: process(2), started_ns: 5, exit };
        write(dir.path(), &state).expect("write");
        assert_eq!(read(dir.path()).expect("read"), state);
        fs::write(dir.path().join(FILE), b"").expect("truncate");
        assert!(matches!(read(dir.path()), Err(StateError::Envelope { .. })));
    }
}
