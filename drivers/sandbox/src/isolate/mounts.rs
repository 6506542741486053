//! Detached mounts: made before the task's process exists, visible nowhere, attached by descriptor.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::path::Path;

use rustix::fs::{AtFlags, CWD, FileType, Mode, makedev, mkdirat, mknodat, symlinkat};
use rustix::mount::{
    FsMountFlags, FsOpenFlags, MountAttrFlags, OpenTreeFlags, fsconfig_create, fsconfig_set_string, fsmount,
    fsopen, open_tree,
};

/// Character devices of every task, as (name, major, minor).
const DEVICES: [(&str, u32, u32); 6] =
    [("null", 1, 3), ("zero", 1, 5), ("full", 1, 7), ("random", 1, 8), ("urandom", 1, 9), ("tty", 5, 0)];
/// Links in `/dev`.
const LINKS: [(&str, &str); 5] = [
    ("fd", "/proc/self/fd"),
    ("stdin", "/proc/self/fd/0"),
    ("stdout", "/proc/self/fd/1"),
    ("stderr", "/proc/self/fd/2"),
    ("ptmx", "pts/ptmx"),
];

/// What a mount does not allow. Values of the kernel's `MOUNT_ATTR_*`.
pub(super) const READ_ONLY: u64 = 0x1;
pub(super) const NO_SUID: u64 = 0x2;
pub(super) const NO_DEVICES: u64 = 0x4;

/// The kernel's `struct mount_attr`.
#[repr(C)]
struct MountAttr {
    set: u64,
    clear: u64,
    propagation: u64,
    user_namespace: u64,
}

/// Copies the mount at `path` with everything mounted below it, apart from the host's from now on.
pub(super) fn copy(path: &Path, restrictions: u64) -> io::Result<OwnedFd> {
    let flags =
        OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC | OpenTreeFlags::AT_RECURSIVE;
    let tree = open_tree(CWD, path, flags)?;
    restrict(tree.as_fd(), restrictions, true)?;
    Ok(tree)
}

/// As [`copy`], of a directory that is held.
pub(super) fn copy_of(dir: BorrowedFd<'_>, restrictions: u64) -> io::Result<OwnedFd> {
    let flags = OpenTreeFlags::OPEN_TREE_CLONE
        | OpenTreeFlags::OPEN_TREE_CLOEXEC
        | OpenTreeFlags::AT_RECURSIVE
        | OpenTreeFlags::AT_EMPTY_PATH;
    let tree = open_tree(dir, c"", flags)?;
    restrict(tree.as_fd(), restrictions, true)?;
    Ok(tree)
}

/// Restricts a mount, and cuts it off from what is mounted on the host later.
pub(super) fn restrict(tree: BorrowedFd<'_>, restrictions: u64, recursive: bool) -> io::Result<()> {
    let attr = MountAttr { set: restrictions, clear: 0, propagation: libc::MS_PRIVATE, user_namespace: 0 };
    let flags = libc::AT_EMPTY_PATH | if recursive { libc::AT_RECURSIVE } else { 0 };
    // SAFETY: an empty path with a descriptor that is open; the attributes are alive and of the size that is given.
    let result = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            tree.as_raw_fd(),
            c"".as_ptr(),
            flags,
            &raw const attr,
            size_of::<MountAttr>(),
        )
    };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Returns whether the kernel can restrict detached mounts.
pub(super) fn can_restrict() -> bool {
    // SAFETY: a descriptor that is not open, so that the kernel looks at nothing else.
    unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            -1,
            c"".as_ptr(),
            libc::AT_EMPTY_PATH,
            std::ptr::null::<u8>(),
            0,
        )
    };
    io::Error::last_os_error().raw_os_error() != Some(libc::ENOSYS)
}

/// Makes a file system of its own. Allocates nothing, so that a forked child may call it.
pub(super) fn fresh(
    kind: &std::ffi::CStr,
    options: &[(&std::ffi::CStr, &std::ffi::CStr)],
    attributes: MountAttrFlags,
) -> io::Result<OwnedFd> {
    let context = fsopen(kind, FsOpenFlags::FSOPEN_CLOEXEC)?;
    for (key, value) in options {
        fsconfig_set_string(&context, *key, *value)?;
    }
    fsconfig_create(&context)?;
    Ok(fsmount(&context, FsMountFlags::FSMOUNT_CLOEXEC, attributes)?)
}

/// Makes the `/dev` of a task: six devices, links, and places for what is mounted in it. Read-only from then on.
pub(super) fn devices() -> io::Result<OwnedFd> {
    let attributes = MountAttrFlags::MOUNT_ATTR_NOSUID | MountAttrFlags::MOUNT_ATTR_NOEXEC;
    let dev = fresh(c"tmpfs", &[(c"mode", c"0755"), (c"size", c"64k")], attributes)?;
    let mode = Mode::from_raw_mode(0o666);
    for (name, major, minor) in DEVICES {
        mknodat(&dev, name, FileType::CharacterDevice, mode, makedev(major, minor))?;
        // Whatever our umask.
        rustix::fs::chmodat(&dev, name, mode, AtFlags::empty())?;
    }
    for (name, target) in LINKS {
        symlinkat(target, &dev, name)?;
    }
    for name in ["pts", "shm", "mqueue"] {
        mkdirat(&dev, name, Mode::from_raw_mode(0o755))?;
    }
    restrict(dev.as_fd(), READ_ONLY, false)?;
    Ok(dev)
}
