//! The file system that allocations live on.

use std::path::Path;

use crate::sources::{Sources, read};

/// A file system.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Storage {
    /// The device or source it is mounted from.
    pub volume: String,
    /// Its size in bytes.
    pub total_bytes: u64,
    /// What is free for us, in bytes.
    pub free_bytes: u64,
}

impl Storage {
    /// Reads the file system that `path`, or its nearest existing parent, is on.
    ///
    /// # Errors
    /// As `statvfs`.
    pub(crate) fn read(sources: &Sources, path: &Path) -> std::io::Result<Self> {
        let existing = path.ancestors().find(|dir| dir.exists()).unwrap_or(Path::new("/"));
        let found = rustix::fs::statvfs(existing)?;
        let absolute = existing.canonicalize()?;
        let mounts = read(&sources.proc, "self/mountinfo").unwrap_or_default();
        Ok(Self {
            volume: volume_of(&mounts, &absolute).unwrap_or_default(),
            total_bytes: found.f_blocks.saturating_mul(found.f_frsize),
            free_bytes: found.f_bavail.saturating_mul(found.f_frsize),
        })
    }
}

/// Returns the source of the innermost mount that `path` is below; of several on one point the last is on top.
fn volume_of(mountinfo: &str, path: &Path) -> Option<String> {
    let mount = |line: &str| {
        let (before, after) = line.split_once(" - ")?;
        let point = before.split(' ').nth(4)?.replace("\\040", " ");
        let source = after.split(' ').nth(1)?.to_owned();
        path.starts_with(&point).then_some((point.len(), source))
    };
    mountinfo.lines().filter_map(mount).max_by_key(|(length, _)| *length).map(|(_, source)| source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_mount_gives_the_volume() {
        let mounts = "\
1 0 254:0 / / rw - ext4 /dev/vda rw
2 1 0:5 / /data rw - tmpfs tmpfs rw
3 1 8:1 / /data\\040two rw - xfs /dev/sdb1 rw
4 1 8:2 / /data rw shared:1 - ext4 /dev/sdc rw
";
        let of = |path: &str| volume_of(mounts, Path::new(path));
        assert_eq!(of("/var/lib").as_deref(), Some("/dev/vda"));
        assert_eq!(of("/data/x").as_deref(), Some("/dev/sdc"));
        assert_eq!(of("/data two/x").as_deref(), Some("/dev/sdb1"));
        assert_eq!(of("/database").as_deref(), Some("/dev/vda"));
    }

    #[test]
    fn a_directory_that_is_not_there_yet_counts_by_its_parent() {
        let storage = Storage::read(&Sources::default(), Path::new("/no/such/dir")).expect("storage");
        assert!(storage.total_bytes > 0);
        assert!(storage.free_bytes <= storage.total_bytes);
    }
}
