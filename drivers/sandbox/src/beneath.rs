//! Paths that a task may have prepared: opened below a root, with no way out of it.
//!
//! Everything goes through `openat2` with `RESOLVE_BENEATH` and without magic links, relative to a directory that was
//! opened once; a checked path is never opened again by name.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use rustix::fs::{
    AtFlags, CWD, Dir, FileType, Mode, OFlags, ResolveFlags, fstat, mkdirat, openat, openat2, unlinkat,
};

/// Whether inner symbolic links may be followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// Followed as long as they stay below the root.
    Inside,
    /// Refused.
    Refused,
}

/// A directory below which paths are opened.
#[derive(Debug)]
pub struct Root {
    dir: OwnedFd,
}

impl Root {
    /// Opens the root itself, by a name that only we control.
    ///
    /// # Errors
    /// As `open`; a root that is a symbolic link is refused.
    pub fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::RDONLY;
        Ok(Self { dir: openat(CWD, path, flags, Mode::empty())? })
    }

    /// Opens a regular file for reading.
    ///
    /// # Errors
    /// `EXDEV` for a path that leaves the root, `InvalidInput` for anything that is not a regular file.
    pub fn open_file(&self, path: &Path, links: Links) -> io::Result<File> {
        self.regular(path, OFlags::RDONLY, Mode::empty(), links)
    }

    /// Opens a regular file for appending, creating it with `mode`.
    ///
    /// # Errors
    /// As [`Root::open_file`].
    pub fn append_file(&self, path: &Path, mode: u32) -> io::Result<File> {
        let flags = OFlags::WRONLY | OFlags::APPEND | OFlags::CREATE;
        self.regular(path, flags, Mode::from_raw_mode(mode), Links::Refused)
    }

    /// Creates or truncates a regular file with `mode`.
    ///
    /// # Errors
    /// As [`Root::open_file`].
    pub fn create_file(&self, path: &Path, mode: u32) -> io::Result<File> {
        let file =
            self.regular(path, OFlags::WRONLY | OFlags::CREATE, Mode::from_raw_mode(mode), Links::Refused)?;
        // Truncated only now: the file is known to be a regular one below the root.
        file.set_len(0)?;
        Ok(file)
    }

    /// Opens a directory as a root of its own.
    ///
    /// # Errors
    /// As [`Root::open_file`].
    pub fn open_dir(&self, path: &Path, links: Links) -> io::Result<Self> {
        let dir = self.open_any(path, OFlags::DIRECTORY | OFlags::RDONLY, Mode::empty(), links)?;
        Ok(Self { dir })
    }

    /// Creates the directory `path` and its parents with `mode`; existing ones are kept. Returns it as a root.
    ///
    /// # Errors
    /// As [`Root::open_file`].
    pub fn create_dir(&self, path: &Path, mode: u32) -> io::Result<Self> {
        let mut current = Self { dir: self.dir.try_clone()? };
        for component in path.components() {
            let name = match component {
                std::path::Component::Normal(name) => name,
                std::path::Component::CurDir => continue,
                _ => return Err(io::Error::from_raw_os_error(libc::EXDEV)),
            };
            match mkdirat(&current.dir, name, Mode::from_raw_mode(mode)) {
                Ok(()) | Err(rustix::io::Errno::EXIST) => {}
                Err(error) => return Err(error.into()),
            }
            current = current.open_dir(Path::new(name), Links::Refused)?;
        }
        Ok(current)
    }

    /// Returns the names in the root itself, without `.` and `..`; at most `limit` of them.
    ///
    /// # Errors
    /// As `readdir`.
    pub fn names(&self, limit: usize) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in Dir::read_from(&self.dir)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if name != "." && name != ".." {
                names.push(name);
            }
            if names.len() >= limit {
                break;
            }
        }
        Ok(names)
    }

    /// Removes the file `name` directly below the root.
    ///
    /// # Errors
    /// As `unlink`; a name with a slash is refused.
    pub fn remove_file(&self, name: &str) -> io::Result<()> {
        if name.contains('/') {
            return Err(io::Error::from_raw_os_error(libc::EXDEV));
        }
        Ok(unlinkat(&self.dir, name, AtFlags::empty())?)
    }

    fn regular(&self, path: &Path, flags: OFlags, mode: Mode, links: Links) -> io::Result<File> {
        // Non-blocking, so that a FIFO in the place of a file cannot hold us.
        let fd = self.open_any(path, flags | OFlags::NONBLOCK, mode, links)?;
        if FileType::from_raw_mode(fstat(&fd)?.st_mode) != FileType::RegularFile {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        Ok(File::from(fd))
    }

    fn open_any(&self, path: &Path, flags: OFlags, mode: Mode, links: Links) -> io::Result<OwnedFd> {
        let resolve = ResolveFlags::BENEATH
            | ResolveFlags::NO_MAGICLINKS
            | match links {
                Links::Inside => ResolveFlags::empty(),
                Links::Refused => ResolveFlags::NO_SYMLINKS,
            };
        loop {
            match openat2(&self.dir, path, flags | OFlags::CLOEXEC, mode, resolve) {
                // The kernel could not be sure because of a concurrent rename.
                Err(rustix::io::Errno::AGAIN) => {}
                other => return Ok(other?),
            }
        }
    }
}

impl AsFd for Root {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.dir.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::{Read, Write};
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn nothing_outside_the_root_can_be_opened() {
        let outer = tempfile::tempdir().expect("directory");
        fs::write(outer.path().join("secret"), "x").expect("file");
        let inner = outer.path().join("root");
        fs::create_dir_all(inner.join("sub")).expect("directory");
        fs::write(inner.join("sub/file"), "in").expect("file");
        symlink("/etc/passwd", inner.join("absolute")).expect("link");
        symlink("../secret", inner.join("up")).expect("link");
        symlink("sub/file", inner.join("ok")).expect("link");
        let root = Root::open(&inner).expect("root");
        for path in ["../secret", "/etc/passwd", "absolute", "up", "sub/../../secret", "sub"] {
            assert!(root.open_file(Path::new(path), Links::Inside).is_err(), "{path}");
        }
        assert!(root.open_file(Path::new("ok"), Links::Refused).is_err());
        let mut text = String::new();
        root.open_file(Path::new("ok"), Links::Inside)
            .expect("file")
            .read_to_string(&mut text)
            .expect("text");
        assert_eq!(text, "in");
        assert!(root.append_file(Path::new("up"), 0o644).is_err());
        assert!(root.create_dir(Path::new("a/../../b"), 0o755).is_err());
        assert!(root.remove_file("../secret").is_err());
        assert!(outer.path().join("secret").exists());
    }

    #[test]
    fn directories_and_files_are_made_below_the_root() {
        let outer = tempfile::tempdir().expect("directory");
        let root = Root::open(outer.path()).expect("root");
        let dir = root.create_dir(Path::new("a/b"), 0o755).expect("directory");
        for text in ["one", "two"] {
            dir.append_file(Path::new("log"), 0o644)
                .expect("file")
                .write_all(text.as_bytes())
                .expect("write");
        }
        assert_eq!(fs::read_to_string(outer.path().join("a/b/log")).expect("text"), "onetwo");
        dir.create_file(Path::new("log"), 0o644).expect("file");
        assert_eq!(fs::read_to_string(outer.path().join("a/b/log")).expect("text"), "");
        assert_eq!(dir.names(10).expect("names"), ["log"]);
        dir.remove_file("log").expect("remove");
        assert!(dir.names(10).expect("names").is_empty());
    }
}
