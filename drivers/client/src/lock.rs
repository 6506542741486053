//! One agent per state directory, by a lock that ends with its process.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

const FILE: &str = "lock";

/// Failure to lock a state directory.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another agent uses it.
    #[error("{dir} is in use by another agent{}", pid.map_or_else(String::new, |pid| format!(" (pid {pid})")), dir = dir.display())]
    Held {
        /// The directory.
        dir: PathBuf,
        /// Process of that agent, if it has said so.
        pid: Option<u32>,
    },
    /// The lock file cannot be used.
    #[error("cannot lock {dir}", dir = dir.display())]
    Io {
        /// The directory.
        dir: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
}

/// A held lock; it ends when this is dropped, or with the process.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Locks `dir`.
    pub(crate) fn take(dir: &Path) -> Result<Self, LockError> {
        let failed = |source| LockError::Io { dir: dir.to_path_buf(), source };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(dir.join(FILE))
            .map_err(failed)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => {
                let mut text = String::new();
                let _ = (&file).take(32).read_to_string(&mut text);
                return Err(LockError::Held { dir: dir.to_path_buf(), pid: text.trim().parse().ok() });
            }
            Err(error) => return Err(failed(error.into())),
        }
        let write = |file: &mut File| {
            file.set_len(0)?;
            file.rewind()?;
            writeln!(file, "{}", std::process::id())
        };
        write(&mut file).map_err(failed)?;
        Ok(Self { _file: file })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_agent_is_told_who_holds_the_directory() {
        let dir = tempfile::tempdir().expect("directory");
        let first = Lock::take(dir.path()).expect("lock");
        let error = Lock::take(dir.path()).expect_err("held").to_string();
        assert!(
            error.ends_with(&format!("is in use by another agent (pid {})", std::process::id())),
            "{error}"
        );
        drop(first);
        Lock::take(dir.path()).expect("free again");
    }
}
