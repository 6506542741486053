//! A grip on one process that a reused pid cannot mislead.

use std::fs;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{
    Pid, PidfdFlags, Signal, WaitId, WaitIdOptions, pidfd_open, pidfd_send_signal, waitid,
};

use crate::proc_stat;

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It returned this code.
    Code(i32),
    /// This signal killed it.
    Signal(i32),
}

/// A process held by file descriptor. Readable (poll) once the process has ended.
#[derive(Debug)]
pub struct PidFd {
    fd: OwnedFd,
    pid: i32,
}

impl PidFd {
    /// Opens the process that has this pid now.
    ///
    /// # Errors
    /// `ESRCH` when there is none.
    pub fn open(pid: i32) -> io::Result<Self> {
        let raw = Pid::from_raw(pid).ok_or(io::ErrorKind::InvalidInput)?;
        let fd = pidfd_open(raw, PidfdFlags::empty())?;
        Ok(Self { fd, pid })
    }

    /// Opens the process only if it is the one that started at `start_ticks` of this boot.
    ///
    /// # Errors
    /// `NotFound` when the pid is free or belongs to another process by now.
    pub fn open_exact(pid: i32, start_ticks: u64) -> io::Result<Self> {
        let fd = Self::open(pid).map_err(|_| io::ErrorKind::NotFound)?;
        // Checked after opening: the descriptor pins the process, so the answer is about the same one.
        match proc_stat::read(pid) {
            Ok(stat) if stat.start_ticks == start_ticks && !stat.is_zombie() => Ok(fd),
            _ => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// Returns the pid.
    #[must_use]
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// Sends a signal by number.
    ///
    /// # Errors
    /// `ESRCH` after the process was reaped, `EINVAL` for a number that is no named signal.
    pub fn signal(&self, number: i32) -> io::Result<()> {
        let signal = Signal::from_named_raw(number).ok_or(io::ErrorKind::InvalidInput)?;
        Ok(pidfd_send_signal(&self.fd, signal)?)
    }

    /// Waits, at most `timeout`, for the process to end; returns whether it has.
    ///
    /// # Errors
    /// Failures of `poll` other than an interruption.
    pub fn wait_ended(&self, timeout: Duration) -> io::Result<bool> {
        let mut fds = [PollFd::new(&self.fd, PollFlags::IN)];
        let timeout = Timespec {
            tv_sec: i64::try_from(timeout.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: timeout.subsec_nanos().into(),
        };
        match poll(&mut fds, Some(&timeout)) {
            Ok(ready) => Ok(ready > 0),
            Err(rustix::io::Errno::INTR) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Collects the exit of an ended child of this process; `None` when it still runs or is no child of ours.
    #[must_use]
    pub fn reap(&self) -> Option<Exit> {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG;
        let status = waitid(WaitId::PidFd(self.fd.as_fd()), options).ok()??;
        let code = status.exit_status().map(Exit::Code);
        code.or_else(|| status.terminating_signal().map(Exit::Signal))
    }
}

impl AsFd for PidFd {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl From<PidFd> for OwnedFd {
    fn from(pidfd: PidFd) -> Self {
        pidfd.fd
    }
}

/// Returns the id of this boot: pids and start times of another boot mean nothing.
///
/// # Errors
/// When `/proc` cannot be read.
pub fn boot_id() -> io::Result<String> {
    Ok(fs::read_to_string("/proc/sys/kernel/random/boot_id")?.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    #[expect(clippy::zombie_processes, reason = "the descriptor reaps the child: that is what is tested")]
    fn a_killed_child_is_seen_and_reaped_once() {
        let child = Command::new("/bin/sleep").arg("60").spawn().expect("sleep");
        let pid = i32::try_from(child.id()).expect("pid");
        let pidfd = PidFd::open(pid).expect("pidfd");
        assert!(!pidfd.wait_ended(Duration::ZERO).expect("poll"));
        assert_eq!(pidfd.reap(), None);
        pidfd.signal(libc::SIGTERM).expect("signal");
        assert!(pidfd.wait_ended(Duration::from_secs(5)).expect("poll"));
        assert_eq!(pidfd.reap(), Some(Exit::Signal(libc::SIGTERM)));
        assert_eq!(pidfd.reap(), None);
        assert!(pidfd.signal(libc::SIGTERM).is_err());
    }

    #[test]
    fn another_start_time_is_another_process() {
        let mut child = Command::new("/bin/sleep").arg("60").spawn().expect("sleep");
        let pid = i32::try_from(child.id()).expect("pid");
        let start = proc_stat::read(pid).expect("stat").start_ticks;
        assert!(PidFd::open_exact(pid, start).is_ok());
        assert!(PidFd::open_exact(pid, start + 1).is_err());
        child.kill().expect("kill");
        child.wait().expect("wait");
        assert!(PidFd::open_exact(pid, start).is_err());
    }
}
