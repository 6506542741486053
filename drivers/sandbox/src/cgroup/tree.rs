//! Files and directories of a hierarchy: small reads, small writes, removal from the leaves up.
//!
//! Bounds: a group is searched 16 levels deep and 4,096 groups wide.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::CgroupError;

const MAX_DEPTH: usize = 16;
const MAX_GROUPS: usize = 4_096;

/// Creates `name` below `root`, parents included; an existing directory is kept.
pub(super) fn create(root: &Path, name: &str) -> Result<PathBuf, CgroupError> {
    let path = root.join(name);
    fs::create_dir_all(&path).map_err(|source| CgroupError::io("create", &path, source))?;
    Ok(path)
}

/// Reads a file; empty text when the kernel does not offer it.
pub(super) fn read(dir: &Path, file: &str) -> String {
    fs::read_to_string(dir.join(file)).unwrap_or_default()
}

/// Reads a file of one number; 0 when it is absent or says `max`.
pub(super) fn read_number(dir: &Path, file: &str) -> u64 {
    read(dir, file).trim().parse().unwrap_or(0)
}

/// Writes a value in one call, as the kernel wants it.
pub(super) fn write(dir: &Path, file: &str, value: &str) -> Result<(), CgroupError> {
    let path = dir.join(file);
    fs::write(&path, value).map_err(|source| CgroupError::io("write", path, source))
}

/// Opens the file through which a process joins the group by writing `0`.
pub(super) fn join_file(dir: &Path) -> Result<fs::File, CgroupError> {
    let path = dir.join("cgroup.procs");
    fs::OpenOptions::new().write(true).open(&path).map_err(|source| CgroupError::io("open", path, source))
}

/// Returns `dir` and every group below it, children before parents.
pub(super) fn subtree(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(dir, 0, &mut found);
    found
}

fn collect(dir: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    if depth >= MAX_DEPTH || found.len() >= MAX_GROUPS {
        return;
    }
    let Ok(entries) = fs::read_dir(dir) else { return };
    for entry in entries.flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            collect(&entry.path(), depth + 1, found);
        }
    }
    found.push(dir.to_path_buf());
}

/// Returns the processes of a group and of all groups below it.
pub(super) fn pids(dir: &Path) -> Vec<i32> {
    let mut pids: Vec<i32> = subtree(dir)
        .iter()
        .flat_map(|group| {
            read(group, "cgroup.procs").lines().filter_map(|l| l.parse().ok()).collect::<Vec<_>>()
        })
        .collect();
    pids.sort_unstable();
    pids.dedup();
    pids
}

/// Removes a group and all below it; one that is gone already is fine.
pub(super) fn remove(dir: &Path) -> Result<(), CgroupError> {
    for group in subtree(dir) {
        match fs::remove_dir(&group) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(CgroupError::io("remove", group, source)),
        }
    }
    Ok(())
}
