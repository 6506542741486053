//! From a plan to what the child only has to attach: opened sources, detached mounts, a filter.

use std::ffi::CString;
use std::fs;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Component, Path};

use rustix::mount::MountAttrFlags;

use super::filter;
use super::mounts::{self, NO_DEVICES, NO_SUID, READ_ONLY};
use super::plan::{Plan, PrepareError, Rights, Share};
use crate::beneath::Root;

/// Hidden in every task: what tells of the kernel or of other tasks.
const HIDDEN: [&str; 12] = [
    "proc/acpi",
    "proc/asound",
    "proc/kcore",
    "proc/key-users",
    "proc/keys",
    "proc/latency_stats",
    "proc/sched_debug",
    "proc/scsi",
    "proc/timer_list",
    "proc/timer_stats",
    "sys/devices/virtual/powercap",
    "sys/firmware",
];
/// Read-only in every task: what changes the host.
const READ_ONLY_PATHS: [&str; 5] = ["proc/bus", "proc/fs", "proc/irq", "proc/sys", "proc/sysrq-trigger"];

/// A mount that is not attached yet.
#[derive(Debug)]
pub(super) struct Mount {
    pub(super) tree: OwnedFd,
    /// Path within the root.
    pub(super) target: CString,
}

/// A world that is ready to be entered by one process.
#[derive(Debug)]
pub struct Prepared {
    pub(super) root: OwnedFd,
    /// Where the root is attached before it takes the place of `/`.
    pub(super) root_path: CString,
    pub(super) mounts: Vec<Mount>,
    pub(super) hidden: Vec<CString>,
    pub(super) read_only: Vec<CString>,
    pub(super) pid: Share,
    pub(super) ipc: Share,
    pub(super) no_pivot_root: bool,
    pub(super) rights: Rights,
    pub(super) filter: Vec<libc::sock_filter>,
}

/// Opens and copies everything that a plan names. Nothing of it shows on the host but empty mount points in the root;
/// dropping the result undoes the rest.
///
/// # Errors
/// The first path or mount that cannot be had, by name.
pub fn prepare(plan: &Plan) -> Result<Prepared, PrepareError> {
    let root_dir = Path::new(&plan.root);
    let failed = |what: &str| {
        let what = what.to_owned();
        move |source| PrepareError::Mount { what, source }
    };
    let root = Root::open(root_dir).map_err(failed(&plan.root))?;
    for place in ["dev", "proc", "sys"] {
        mount_point(plan, &root, place, true)?;
    }
    let mut mounts = Vec::with_capacity(plan.binds.len() + 4);
    for bind in &plan.binds {
        let found = fs::metadata(&bind.source).map_err(failed(&bind.source))?;
        mount_point(plan, &root, relative(&bind.target)?, found.is_dir())?;
        let restrictions = NO_SUID | NO_DEVICES | if bind.read_only { READ_ONLY } else { 0 };
        let tree = mounts::copy(Path::new(&bind.source), restrictions).map_err(failed(&bind.source))?;
        mounts.push(Mount { tree, target: path(relative(&bind.target)?)? });
    }
    for (target, tree) in fresh_mounts()? {
        mounts.push(Mount { tree, target: path(target)? });
    }
    let hidden = HIDDEN.into_iter().map(path);
    let hidden = hidden.chain(plan.hidden.iter().map(|hidden| path(relative(hidden)?)));
    Ok(Prepared {
        root: mounts::copy_of(root.as_fd(), NO_SUID | NO_DEVICES).map_err(failed(&plan.root))?,
        root_path: path(&plan.root)?,
        mounts,
        hidden: hidden.collect::<Result<_, _>>()?,
        read_only: READ_ONLY_PATHS.into_iter().map(path).collect::<Result<_, _>>()?,
        pid: plan.pid,
        ipc: plan.ipc,
        no_pivot_root: plan.no_pivot_root,
        rights: plan.rights,
        filter: filter::program(plan.rights.most),
    })
}

/// File systems that depend on no namespace of the task.
fn fresh_mounts() -> Result<[(&'static str, OwnedFd); 4], PrepareError> {
    let failed = |what: &'static str| move |source| PrepareError::Mount { what: what.to_owned(), source };
    let quiet = MountAttrFlags::MOUNT_ATTR_NOSUID | MountAttrFlags::MOUNT_ATTR_NOEXEC;
    let closed = quiet | MountAttrFlags::MOUNT_ATTR_NODEV;
    let terminals = [(c"mode", c"0620"), (c"ptmxmode", c"0666"), (c"gid", c"5")];
    let sys =
        mounts::fresh(c"sysfs", &[], closed | MountAttrFlags::MOUNT_ATTR_RDONLY).map_err(failed("sysfs"))?;
    let pts = mounts::fresh(c"devpts", &terminals, quiet).map_err(failed("devpts"))?;
    let shm = mounts::fresh(c"tmpfs", &[(c"mode", c"1777")], closed).map_err(failed("tmpfs"))?;
    let dev = mounts::devices().map_err(failed("/dev"))?;
    Ok([("dev", dev), ("dev/pts", pts), ("dev/shm", shm), ("sys", sys)])
}

/// Makes the directory or the empty file that something is mounted on.
fn mount_point(plan: &Plan, root: &Root, target: &str, is_dir: bool) -> Result<(), PrepareError> {
    let target_path = Path::new(target);
    let made = if is_dir {
        root.create_dir(target_path, 0o755).map(drop)
    } else {
        let parent = target_path.parent().unwrap_or(Path::new(""));
        root.create_dir(parent, 0o755).and_then(|_| root.append_file(target_path, 0o644)).map(drop)
    };
    made.map_err(|source| PrepareError::MountPoint {
        root: plan.root.clone().into(),
        target: target.to_owned(),
        source,
    })
}

/// Returns a path of a plan without its leading slash.
fn relative(text: &str) -> Result<&str, PrepareError> {
    let inner = text.trim_start_matches('/');
    let plain = Path::new(inner).components().all(|part| matches!(part, Component::Normal(_)));
    if plain && !inner.is_empty() { Ok(inner) } else { Err(PrepareError::Path(text.to_owned())) }
}

fn path(text: &str) -> Result<CString, PrepareError> {
    CString::new(text).map_err(|_| PrepareError::Path(text.to_owned()))
}
