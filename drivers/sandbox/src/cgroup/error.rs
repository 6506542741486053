//! Why a cgroup operation failed, and whether the host simply cannot do it.

use std::io;
use std::path::PathBuf;

/// Failure of a cgroup operation.
#[derive(Debug, thiserror::Error)]
pub enum CgroupError {
    /// The host mounts no cgroup hierarchy, or this process may not write it: use a process group instead.
    #[error("cgroups are not usable here: {reason}")]
    Unsupported {
        /// What is missing, for the log.
        reason: String,
    },
    /// The name is not one that this crate creates groups under.
    #[error("cgroup name {name:?} is refused: {reason}")]
    BadName {
        /// The refused name.
        name: String,
        /// Which rule it breaks.
        reason: &'static str,
    },
    /// A file of the hierarchy could not be read or written.
    #[error("cannot {action} {path}", path = path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// Processes were still alive when the deadline passed.
    #[error("cgroup {name} still has {left} processes after {waited_ms} ms")]
    StillPopulated {
        /// Name of the group.
        name: String,
        /// Number of processes seen last.
        left: usize,
        /// How long was waited, in milliseconds.
        waited_ms: u64,
    },
}

impl CgroupError {
    /// Returns an I/O failure, or [`CgroupError::Unsupported`] when the system refused by permission.
    pub(super) fn io(action: &'static str, path: impl Into<PathBuf>, source: io::Error) -> Self {
        let path = path.into();
        let refused = matches!(
            source.raw_os_error(),
            Some(libc::EACCES | libc::EPERM | libc::EROFS | libc::EOPNOTSUPP | libc::ENOSYS)
        );
        if refused {
            return Self::Unsupported { reason: format!("cannot {action} {}: {source}", path.display()) };
        }
        Self::Io { action, path, source }
    }

    /// Returns whether the caller should go on without cgroups.
    #[must_use]
    pub fn is_unsupported(&self) -> bool {
        matches!(self, Self::Unsupported { .. })
    }
}
