//! What a task's world is to be.

use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::CapabilitySet;

/// The world of one task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Directory of the host that becomes `/`: writable, without devices and set-user-id programs.
    pub root: String,
    /// What of the host is mounted in it, in order.
    pub binds: Vec<Bind>,
    /// Paths in it that are hidden behind something empty; those that do not exist are skipped.
    pub hidden: Vec<String>,
    /// Processes that it sees.
    pub pid: Share,
    /// System V IPC and message queues that it sees.
    pub ipc: Share,
    /// What it may do.
    pub rights: Rights,
    /// Whether the root is moved over the old one instead of taking its place: for hosts that run from a ramfs, on
    /// which `pivot_root` does not work.
    pub no_pivot_root: bool,
}

/// Something of the host within a task's root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bind {
    /// Absolute path on the host: a directory or a file. Links are followed.
    pub source: String,
    /// Path within the root.
    pub target: String,
    /// Whether the task may only read it.
    pub read_only: bool,
}

/// Whether a task shares something with the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Share {
    /// It has its own.
    Private,
    /// It has the host's.
    Host,
}

/// What the processes of a task may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rights {
    /// The most that any process of the task can ever have; root has all of them.
    pub most: CapabilitySet,
    /// What a task that does not run as root has from the start.
    pub ambient: CapabilitySet,
}

/// Why a task's world cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// A path cannot be used within a root.
    #[error("path {0:?} must be relative to the task's root and stay in it")]
    Path(String),
    /// A place for a mount.
    #[error("cannot make the mount point {target} in {root}", root = root.display())]
    MountPoint {
        /// The directory that becomes `/`.
        root: PathBuf,
        /// The path in it.
        target: String,
        /// The system's answer.
        source: io::Error,
    },
    /// A mount.
    #[error("cannot mount {what}")]
    Mount {
        /// A path of the host or a file system.
        what: String,
        /// The system's answer.
        source: io::Error,
    },
}
