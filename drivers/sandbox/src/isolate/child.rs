//! What happens in the child between fork and exec.
//!
//! Nothing here allocates or locks: every path, list and descriptor was made before the fork, and each call is one
//! system call. A step that fails leaves its number and its errno in a pipe, whose end without a note means success.
//!
//! Descriptors of the executor lead to the host. They are closed before the first path of the job is looked at, because
//! `/proc/self/fd` would make any of them a way out of the root.

use std::ffi::{CStr, CString, c_char};
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};

use rustix::fs::{CWD, FileType, Mode, OFlags, ResolveFlags, fstat, openat2};
use rustix::io::Errno;
use rustix::mount::{
    MountAttrFlags, MountPropagationFlags, MoveMountFlags, OpenTreeFlags, UnmountFlags, mount_change,
    move_mount, open_tree, unmount,
};

use super::mounts::{self, READ_ONLY};
use super::plan::{Rights, Share};
use super::prepare::Prepared;
use crate::spawn::{Identity, default_signals, join_group, new_session, take_terminal, write_oom_score};

/// Steps by number, as errors name them.
pub(super) const STEPS: [&str; 17] = [
    "start",
    "join the task's cgroup",
    "set oom_score_adj",
    "make namespaces",
    "separate the mounts",
    "attach the task's root",
    "attach a mount",
    "mount /proc",
    "mount /dev/mqueue",
    "protect a path",
    "hide a path",
    "enter the task's root",
    "give up rights",
    "enter the working directory",
    "filter system calls",
    "take the terminal",
    "let go of the executor's files",
];
/// The step that runs the program: its failure is about the program.
pub(super) const RUN: u8 = STEPS.len() as u8;
/// As numbered in [`STEPS`].
pub(super) const WORK_DIR: u8 = 13;

/// Texts for `execve`.
#[derive(Debug)]
pub(super) struct Texts {
    _owned: Vec<CString>,
    pointers: Vec<*const c_char>,
}

// SAFETY: the pointers lead into `_owned`, which lives as long and is never changed.
unsafe impl Send for Texts {}
// SAFETY: as above; nothing is ever written through them.
unsafe impl Sync for Texts {}

impl Texts {
    pub(super) fn new(owned: Vec<CString>) -> Self {
        let mut pointers: Vec<*const c_char> = owned.iter().map(|text| text.as_ptr()).collect();
        pointers.push(std::ptr::null());
        Self { _owned: owned, pointers }
    }
}

/// What the child runs, and as whom.
#[derive(Debug)]
pub(super) struct Program {
    /// Tried in order until one is there.
    pub(super) candidates: Vec<CString>,
    pub(super) args: Texts,
    pub(super) env: Texts,
    pub(super) work_dir: CString,
    pub(super) identity: Identity,
    pub(super) rights: Rights,
    pub(super) filter: Vec<libc::sock_filter>,
    pub(super) join: Vec<RawFd>,
    pub(super) oom_score: Option<Vec<u8>>,
    pub(super) terminal: bool,
    /// Gets the number of the step that failed.
    pub(super) report: OwnedFd,
}

/// Length of a note: the step, then the errno.
pub(super) const NOTE: usize = 5;
/// Where the pipe for notes is once everything else is closed.
const REPORT: RawFd = 3;

impl Program {
    /// Becomes the program. Every failure ends the child, with a note of the step.
    pub(super) fn become_it(&self, enter: impl FnOnce(&Self) -> Result<(), Failed>) -> ! {
        let own = self.report.as_raw_fd();
        let settled = self.settle().and_then(|()| enter(self)).and_then(|()| at(16, self.close_all()));
        let (report, failed) = match settled {
            Err(failed) => (own, failed),
            Ok(()) => (REPORT, self.run()),
        };
        let mut note = [failed.0, 0, 0, 0, 0];
        note[1..].copy_from_slice(&failed.1.to_ne_bytes());
        // SAFETY: writes a buffer of this length to the pipe, wherever it is by now. Without the note the parent would
        // take the end of the pipe for success, and then see a task that ended with this code.
        unsafe { libc::write(report, note.as_ptr().cast(), NOTE) };
        // SAFETY: ends this process at once, without running anything of the parent's.
        unsafe { libc::_exit(127) }
    }

    /// Becomes a process of the task's groups and of no terminal.
    fn settle(&self) -> Result<(), Failed> {
        // The binary of this process must not be reachable by way of `/proc` of the task.
        at(0, check(prctl(libc::PR_SET_DUMPABLE, 0, 0)))?;
        for &fd in &self.join {
            at(1, join_group(fd))?;
        }
        if let Some(score) = &self.oom_score {
            at(2, write_oom_score(score))?;
        }
        default_signals();
        at(0, new_session())?;
        if self.terminal { at(15, take_terminal()) } else { Ok(()) }
    }

    /// Gives up what the task may not have, and enters its directory.
    fn confine(&self) -> Result<(), Failed> {
        at(12, give_up(&self.identity, &self.rights))?;
        at(WORK_DIR, rustix::process::chdir(self.work_dir.as_c_str()).map_err(io::Error::from))?;
        at(14, install(&self.filter))
    }

    /// Runs the program; returns why not.
    fn run(&self) -> Failed {
        if let Err(failed) = self.confine() {
            return failed;
        }
        let mut answer = libc::ENOENT;
        for candidate in &self.candidates {
            // SAFETY: both lists end in a null pointer and lead to texts that are alive.
            unsafe {
                libc::execve(candidate.as_ptr(), self.args.pointers.as_ptr(), self.env.pointers.as_ptr())
            };
            let error = errno(&io::Error::last_os_error());
            if !matches!(error, libc::ENOENT | libc::ENOTDIR) {
                answer = error;
            }
        }
        Failed(RUN, answer)
    }

    /// Closes everything but the standard streams and the pipe for notes.
    fn close_all(&self) -> io::Result<()> {
        let report = self.report.as_raw_fd();
        if report != REPORT {
            // SAFETY: this process is about to become another program; nothing in it uses a descriptor of that number.
            check(unsafe { libc::dup3(report, REPORT, libc::O_CLOEXEC) })?;
        }
        const FIRST: u32 = REPORT.unsigned_abs() + 1;
        // SAFETY: as above; from here on only system calls on paths and memory follow.
        match unsafe { libc::syscall(libc::SYS_close_range, FIRST, u32::MAX, 0_u32) } {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        }
    }
}

/// A step that failed, and its errno.
#[derive(Debug)]
pub(super) struct Failed(u8, i32);

fn errno(error: &io::Error) -> i32 {
    error.raw_os_error().unwrap_or(libc::EIO)
}

/// Names the step of a failure.
pub(super) fn at<T>(step: u8, result: io::Result<T>) -> Result<T, Failed> {
    result.map_err(|error| Failed(step, errno(&error)))
}

/// Makes the task's world and enters it.
pub(super) fn enter(world: &Prepared) -> Result<(), Failed> {
    let mut namespaces = libc::CLONE_NEWNS;
    if world.ipc == Share::Private {
        namespaces |= libc::CLONE_NEWIPC;
    }
    // SAFETY: a forked child shares no memory, so that nobody else depends on what is unshared.
    at(3, check(unsafe { libc::unshare(namespaces) }))?;
    let private = MountPropagationFlags::PRIVATE | MountPropagationFlags::REC;
    at(4, mount_change(c"/", private).map_err(io::Error::from))?;
    let flags = MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH;
    let place = if world.no_pivot_root { c"/" } else { world.root_path.as_c_str() };
    at(5, move_mount(&world.root, c"", CWD, place, flags).map_err(io::Error::from))?;
    for mount in &world.mounts {
        at(6, attach(world, mount.tree.as_fd(), &mount.target))?;
    }
    let quiet = MountAttrFlags::MOUNT_ATTR_NOSUID
        | MountAttrFlags::MOUNT_ATTR_NODEV
        | MountAttrFlags::MOUNT_ATTR_NOEXEC;
    let mount =
        |kind, target| mounts::fresh(kind, &[], quiet).and_then(|tree| attach(world, tree.as_fd(), target));
    at(7, mount(c"proc", c"proc"))?;
    at(8, mount(c"mqueue", c"dev/mqueue"))?;
    for path in &world.read_only {
        at(9, protect(world, path))?;
    }
    for path in &world.hidden {
        at(10, hide(world, path))?;
    }
    at(11, change_root(world))
}

/// Opens a place in the root for a mount. Links are followed only for what we mounted ourselves.
fn place(world: &Prepared, path: &CStr, resolve: ResolveFlags) -> Result<OwnedFd, Errno> {
    openat2(
        &world.root,
        path,
        OFlags::PATH | OFlags::CLOEXEC,
        Mode::empty(),
        resolve | ResolveFlags::NO_MAGICLINKS,
    )
}

fn attach(world: &Prepared, tree: std::os::fd::BorrowedFd<'_>, target: &CStr) -> io::Result<()> {
    let target = place(world, target, ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS)?;
    let flags = MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH | MoveMountFlags::MOVE_MOUNT_T_EMPTY_PATH;
    Ok(move_mount(tree, c"", &target, c"", flags)?)
}

/// Opens a place that may not be there.
fn optional_place(world: &Prepared, path: &CStr) -> io::Result<Option<OwnedFd>> {
    match place(world, path, ResolveFlags::IN_ROOT) {
        Err(Errno::NOENT | Errno::NOTDIR) => Ok(None),
        other => Ok(Some(other?)),
    }
}

fn cover(tree: &OwnedFd, target: &OwnedFd) -> io::Result<()> {
    let flags = MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH | MoveMountFlags::MOVE_MOUNT_T_EMPTY_PATH;
    Ok(move_mount(tree, c"", target, c"", flags)?)
}

/// Makes a path of the task's root read-only.
fn protect(world: &Prepared, path: &CStr) -> io::Result<()> {
    let Some(target) = optional_place(world, path)? else { return Ok(()) };
    let flags =
        OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC | OpenTreeFlags::AT_EMPTY_PATH;
    let tree = open_tree(&target, c"", flags)?;
    mounts::restrict(tree.as_fd(), READ_ONLY, false)?;
    cover(&tree, &target)
}

/// Puts something empty over a path of the task's root.
fn hide(world: &Prepared, path: &CStr) -> io::Result<()> {
    let Some(target) = optional_place(world, path)? else { return Ok(()) };
    let tree = if FileType::from_raw_mode(fstat(&target)?.st_mode) == FileType::Directory {
        mounts::fresh(c"tmpfs", &[(c"mode", c"0555"), (c"size", c"4k")], MountAttrFlags::MOUNT_ATTR_RDONLY)?
    } else {
        let flags = OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC;
        open_tree(&world.root, c"dev/null", flags)?
    };
    cover(&tree, &target)
}

/// Makes the task's root the root of this process and of its mount namespace.
fn change_root(world: &Prepared) -> io::Result<()> {
    rustix::process::fchdir(&world.root)?;
    if world.no_pivot_root {
        return Ok(rustix::process::chroot(c".")?);
    }
    // The old root ends up on top of the new one, and is let go of.
    rustix::process::pivot_root(c".", c".")?;
    unmount(c".", UnmountFlags::DETACH)?;
    Ok(rustix::process::chdir(c"/")?)
}

fn check(result: libc::c_int) -> io::Result<()> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

fn prctl(option: libc::c_int, second: libc::c_ulong, third: libc::c_ulong) -> libc::c_int {
    const NONE: libc::c_ulong = 0;
    // SAFETY: the options used in this file take numbers only.
    unsafe { libc::prctl(option, second, third, NONE, NONE) }
}

/// Becomes the user, with the rights of the plan and no way to gain others.
fn give_up(identity: &Identity, rights: &Rights) -> io::Result<()> {
    for number in 0..64_u32 {
        // Numbers that the kernel does not know are refused, and need not be dropped.
        if !rights.most.has(number) && prctl(libc::PR_CAPBSET_DROP, number.into(), 0) < 0 {
            let error = io::Error::last_os_error();
            if error.raw_os_error() != Some(libc::EINVAL) {
                return Err(error);
            }
        }
    }
    check(prctl(libc::PR_SET_KEEPCAPS, 1, 0))?;
    crate::spawn::become_user(identity)?;
    let own = if identity.uid == 0 { rights.most } else { rights.ambient };
    set_capabilities(own.bits())?;
    if identity.uid != 0 {
        for number in (0..64_u32).filter(|number| rights.ambient.has(*number)) {
            check(prctl(libc::PR_CAP_AMBIENT, libc::PR_CAP_AMBIENT_RAISE as libc::c_ulong, number.into()))?;
        }
    }
    // SAFETY: sets the mask of new files; cannot fail.
    unsafe { libc::umask(0o022) };
    // A change of rights may have undone it.
    check(prctl(libc::PR_SET_DUMPABLE, 0, 0))?;
    check(prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0))
}

/// Sets what this process has, may have, and hands on.
fn set_capabilities(bits: u64) -> io::Result<()> {
    #[repr(C)]
    struct Header {
        version: u32,
        pid: i32,
    }
    #[repr(C)]
    #[derive(Clone, Copy)]
    struct Half {
        effective: u32,
        permitted: u32,
        inheritable: u32,
    }
    const VERSION_3: u32 = 0x2008_0522;
    let half = |bits: u32| Half { effective: bits, permitted: bits, inheritable: bits };
    let header = Header { version: VERSION_3, pid: 0 };
    let halves = [half(bits as u32), half((bits >> 32) as u32)];
    // SAFETY: header and both halves are alive, and laid out as the kernel expects them for this version.
    let result = unsafe { libc::syscall(libc::SYS_capset, &raw const header, halves.as_ptr()) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

fn install(filter: &[libc::sock_filter]) -> io::Result<()> {
    let program = libc::sock_fprog {
        len: u16::try_from(filter.len()).unwrap_or(0),
        filter: filter.as_ptr().cast_mut(),
    };
    // SAFETY: the program is alive for the call, which only reads it.
    let result =
        unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, 0, &raw const program) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Raw numbers of descriptors that stay open in the child until exec.
pub(super) fn raw(files: &[std::fs::File]) -> Vec<RawFd> {
    files.iter().map(AsRawFd::as_raw_fd).collect()
}
