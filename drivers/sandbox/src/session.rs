//! What the executor makes of itself: its own session, the parent of all orphans below it, SIGCHLD as a descriptor.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, FromRawFd, OwnedFd};

use rustix::process::{set_child_subreaper, setsid};

/// Leaves the session of the agent, so that neither its terminal nor its process group takes this process along.
///
/// # Errors
/// `EPERM` when the process leads its session already: then there is nothing to do, and callers ignore it.
pub fn leave_session() -> io::Result<()> {
    setsid()?;
    Ok(())
}

/// Closes every descriptor above the standard three that the process was started with.
///
/// Call it first in `main`: a descriptor that this process opened itself must not be closed behind its owner.
pub fn close_inherited() {
    // SAFETY: by the rule above nobody in this process owns a descriptor from 3 on yet.
    unsafe { libc::syscall(libc::SYS_close_range, 3_u32, u32::MAX, 0_u32) };
}

/// Makes orphaned descendants children of this process instead of init.
///
/// # Errors
/// As `prctl`.
pub fn adopt_orphans() -> io::Result<()> {
    let own = rustix::process::getpid();
    Ok(set_child_subreaper(Some(own))?)
}

/// SIGCHLD as a descriptor that becomes readable when a child has ended.
#[derive(Debug)]
pub struct ChildSignals {
    fd: OwnedFd,
}

impl ChildSignals {
    /// Blocks SIGCHLD in the calling thread and opens the descriptor. For single-threaded processes.
    ///
    /// # Errors
    /// As `sigprocmask` and `signalfd`.
    pub fn open() -> io::Result<Self> {
        let mut set = MaybeUninit::<libc::sigset_t>::uninit();
        // SAFETY: `sigemptyset` initialises the set it is given; `sigaddset` then works on an initialised set.
        let set = unsafe {
            libc::sigemptyset(set.as_mut_ptr());
            libc::sigaddset(set.as_mut_ptr(), libc::SIGCHLD);
            set.assume_init()
        };
        // SAFETY: the set is initialised; a null old set is allowed.
        if unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, &raw const set, std::ptr::null_mut()) } != 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the set is initialised and outlives the call; -1 asks for a new descriptor.
        let fd = unsafe { libc::signalfd(-1, &raw const set, libc::SFD_CLOEXEC | libc::SFD_NONBLOCK) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: `fd` was just opened and nobody else owns it.
        Ok(Self { fd: unsafe { OwnedFd::from_raw_fd(fd) } })
    }

    /// Empties the descriptor; the caller then collects all ended children.
    pub fn drain(&self) {
        let mut buffer = [0_u8; size_of::<libc::signalfd_siginfo>() * 4];
        while rustix::io::read(&self.fd, &mut buffer).is_ok_and(|read| read > 0) {}
    }
}

impl AsFd for ChildSignals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}
