//! The secrets directory of a task: a small tmpfs, so that nothing reaches the disk.
//!
//! Where mounting is not permitted it is a plain directory of mode 0700, and the caller can say so.

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::Path;

use rustix::mount::{MountFlags, UnmountFlags, mount, unmount};

/// What holds the secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secrets {
    /// A tmpfs of the requested size.
    Tmpfs,
    /// A directory on disk: mounting was not permitted.
    Directory,
}

/// Creates `dir` with mode 0700 and mounts a tmpfs of `size_mb` MiB on it. One that is mounted already is kept.
///
/// # Errors
/// When the directory cannot be made, or mounting fails for a reason other than permission.
pub fn create(dir: &Path, size_mb: u32) -> io::Result<Secrets> {
    match fs::DirBuilder::new().mode(0o700).create(dir) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => fs::set_permissions(dir, fs::Permissions::from_mode(0o700))?,
    }
    if is_mounted(dir)? {
        return Ok(Secrets::Tmpfs);
    }
    let options =
        std::ffi::CString::new(format!("size={}m,mode=0700", size_mb.max(1))).expect("no NUL in options");
    let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
    match mount("nomad-secrets", dir, "tmpfs", flags, Some(options.as_c_str())) {
        Ok(()) => Ok(Secrets::Tmpfs),
        Err(rustix::io::Errno::PERM | rustix::io::Errno::ACCESS) => Ok(Secrets::Directory),
        Err(error) => Err(error.into()),
    }
}

/// Unmounts what [`create`] mounted and removes the directory; a missing one is fine.
///
/// # Errors
/// When the directory cannot be removed.
pub fn remove(dir: &Path) -> io::Result<()> {
    if !dir.try_exists()? {
        return Ok(());
    }
    if is_mounted(dir)? {
        // Detached, because a task's orphan may still have a file open for a moment.
        unmount(dir, UnmountFlags::DETACH)?;
    }
    fs::remove_dir_all(dir)
}

/// Returns whether `dir` is a mount point: another device than its parent.
fn is_mounted(dir: &Path) -> io::Result<bool> {
    let parent = dir.parent().ok_or(io::ErrorKind::InvalidInput)?;
    Ok(fs::symlink_metadata(dir)?.dev() != fs::metadata(parent)?.dev())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_private_limited_and_leave_nothing_behind() {
        let outer = tempfile::tempdir().expect("directory");
        let dir = outer.path().join("secrets");
        let made = create(&dir, 1).expect("secrets");
        assert_eq!(create(&dir, 1).expect("again"), made);
        assert_eq!(fs::metadata(&dir).expect("metadata").permissions().mode() & 0o777, 0o700);
        fs::write(dir.join("token"), "x").expect("small file");
        if made == Secrets::Tmpfs {
            assert!(is_mounted(&dir).expect("mounted"));
            assert!(fs::write(dir.join("big"), vec![0_u8; 2 << 20]).is_err(), "1 MiB must be the limit");
        }
        remove(&dir).expect("remove");
        assert!(!dir.exists());
        remove(&dir).expect("twice");
    }
}
