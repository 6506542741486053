//! Looking into the directory of an allocation, for people. Never outside it, and never into secrets.
//!
//! Links are followed as long as they stay below the allocation. Bounds: [`MAX_ENTRIES`] of a directory.

use std::fs::File;
use std::io;
use std::path::{Component, Path, PathBuf};

use model::Timestamp;
use rustix::fs::{AtFlags, FileType, Stat, fstat, statat};
use sandbox::beneath::{Links, Root};

use super::AllocPaths;

/// Entries listed of one directory.
const MAX_ENTRIES: usize = 10_000;

/// A file in an allocation's directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileEntry {
    /// Name without its directory.
    pub name: String,
    /// Whether it is a directory.
    pub is_dir: bool,
    /// Size in bytes.
    pub size: u64,
    /// Mode as `ls` writes it, such as `-rw-r--r--`.
    pub mode: String,
    /// When it was last changed.
    pub modified: Timestamp,
}

/// Lists a directory, sorted by name.
pub(crate) fn list(paths: &AllocPaths, path: &str) -> io::Result<Vec<FileEntry>> {
    let path = inner(path)?;
    let dir = Root::open(&paths.root)?.open_dir(&path, Links::Inside)?;
    let mut names = dir.names(MAX_ENTRIES)?;
    names.sort();
    // What has gone meanwhile is left out.
    let entry = |name: String| {
        let stat = statat(&dir, name.as_str(), AtFlags::SYMLINK_NOFOLLOW).ok()?;
        Some(file_entry(name, &stat))
    };
    Ok(names.into_iter().filter_map(entry).collect())
}

/// Describes a file or a directory.
pub(crate) fn stat(paths: &AllocPaths, path: &str) -> io::Result<FileEntry> {
    let path = inner(path)?;
    let root = Root::open(&paths.root)?;
    let Some(name) = path.file_name() else { return Ok(file_entry(".".to_owned(), &fstat(&root)?)) };
    let parent = root.open_dir(path.parent().map_or(Path::new("."), non_empty), Links::Inside)?;
    let name = name.to_string_lossy().into_owned();
    let found = statat(&parent, name.as_str(), AtFlags::SYMLINK_NOFOLLOW)?;
    Ok(file_entry(name, &found))
}

/// Opens a file for reading.
pub(crate) fn open(paths: &AllocPaths, path: &str) -> io::Result<File> {
    Root::open(&paths.root)?.open_file(&inner(path)?, Links::Inside)
}

/// Returns a path relative to the allocation, without leading slashes; refuses `..` and the secrets of tasks.
fn inner(path: &str) -> io::Result<PathBuf> {
    let mut parts = Vec::new();
    for part in Path::new(path).components() {
        match part {
            Component::Normal(name) => parts.push(name),
            Component::CurDir | Component::RootDir => {}
            Component::ParentDir | Component::Prefix(_) => {
                let message = "path must not leave the allocation's directory";
                return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
            }
        }
    }
    if parts.get(1).is_some_and(|name| *name == "secrets") && parts[0] != "alloc" {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "secrets of a task cannot be read"));
    }
    if parts.is_empty() { Ok(PathBuf::from(".")) } else { Ok(parts.into_iter().collect()) }
}

fn non_empty(path: &Path) -> &Path {
    if path.as_os_str().is_empty() { Path::new(".") } else { path }
}

fn file_entry(name: String, stat: &Stat) -> FileEntry {
    let kind = FileType::from_raw_mode(stat.st_mode);
    FileEntry {
        name,
        is_dir: kind == FileType::Directory,
        size: u64::try_from(stat.st_size).unwrap_or(0),
        mode: mode_text(kind, stat.st_mode),
        modified: modified(stat),
    }
}

fn modified(stat: &Stat) -> Timestamp {
    let nanos = i64::try_from(stat.st_mtime_nsec).unwrap_or(0);
    Timestamp(stat.st_mtime.saturating_mul(1_000_000_000).saturating_add(nanos))
}

fn mode_text(kind: FileType, mode: u32) -> String {
    let first = match kind {
        FileType::Directory => 'd',
        FileType::Symlink => 'L',
        FileType::Fifo => 'p',
        FileType::Socket => 'S',
        FileType::CharacterDevice => 'c',
        FileType::BlockDevice => 'D',
        FileType::RegularFile | FileType::Unknown => '-',
    };
    let bits = (0..9).map(|bit| if mode & (0o400 >> bit) == 0 { '-' } else { ['r', 'w', 'x'][bit % 3] });
    std::iter::once(first).chain(bits).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn files_are_shown_as_they_are_and_nothing_outside_or_secret_is() {
        let dir = tempfile::tempdir().expect("directory");
        let paths = AllocPaths::new(dir.path(), model::AllocId(1));
        fs::create_dir_all(paths.root.join("web/secrets")).expect("directory");
        fs::create_dir_all(paths.root.join("alloc/logs")).expect("directory");
        fs::write(dir.path().join("outside"), "x").expect("file");
        fs::write(paths.root.join("web/secrets/token"), "x").expect("file");
        let log = paths.root.join("alloc/logs/web.stdout.0");
        fs::write(&log, "hello").expect("file");
        fs::set_permissions(&log, fs::Permissions::from_mode(0o640)).expect("mode");
        symlink("../../../outside", paths.root.join("alloc/logs/up")).expect("link");

        let names = |path| list(&paths, path).map(|all| all.into_iter().map(|f| f.name).collect::<Vec<_>>());
        assert_eq!(names("/").expect("root"), ["alloc", "web"]);
        assert_eq!(names("alloc/logs").expect("logs"), ["up", "web.stdout.0"]);
        let entry = stat(&paths, "/alloc/logs/web.stdout.0").expect("stat");
        assert_eq!((entry.size, entry.mode.as_str(), entry.is_dir), (5, "-rw-r-----", false));
        assert!(stat(&paths, "").expect("root").is_dir);
        assert!(open(&paths, "alloc/logs/web.stdout.0").is_ok());
        for bad in
            ["../outside", "alloc/logs/up", "web/secrets/token", "alloc/logs", "/web/./secrets/token", "nope"]
        {
            assert!(open(&paths, bad).is_err(), "{bad}");
        }
        assert!(list(&paths, "web/secrets").is_err() && list(&paths, "alloc/../..").is_err());
    }
}
