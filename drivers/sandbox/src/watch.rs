//! Waiting on a runtime for a process to end. Only for agents: the executor has no runtime.

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// A pidfd that a runtime watches.
#[derive(Debug)]
pub struct Watch {
    fd: AsyncFd<OwnedFd>,
}

impl Watch {
    /// Watches a copy of `pidfd`. Must be called within a runtime.
    ///
    /// # Errors
    /// When the runtime cannot watch it, or descriptors have run out.
    pub fn new(pidfd: BorrowedFd<'_>) -> io::Result<Self> {
        let own = pidfd.try_clone_to_owned()?;
        // SAFETY: the `OwnedFd` moves into the `AsyncFd`, always returns the same descriptor, and keeps it open until
        // the `AsyncFd` drops it.
        let fd = unsafe { AsyncFd::register_with_interest(own, Interest::READABLE) }?;
        Ok(Self { fd })
    }

    /// Waits until the process has ended. Any number of callers may wait, again and again.
    ///
    /// # Errors
    /// When the runtime is shutting down.
    pub async fn ended(&self) -> io::Result<()> {
        // Readiness is never cleared: an ended process stays ended.
        let _ = self.fd.readable().await?;
        Ok(())
    }
}
