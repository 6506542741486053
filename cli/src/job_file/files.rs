//! The files that functions of a job file may read.
//!
//! Purpose: `file()`, `fileset()` and their kin, as the person who runs the command could read them.
//! Limits: 8 MiB a file, 10,000 files and 32 levels in a listing; relative paths start in the working directory.

use std::path::{Path, PathBuf};

use jobspec::{FileAccess, FileAccessError};

use crate::Environment;

/// Largest file that a function reads, in bytes.
const MAX_FILE: u64 = 8 << 20;
/// Most files in one listing.
const MAX_LISTED: usize = 10_000;
/// Deepest directory in a listing.
const MAX_DEPTH: usize = 32;

/// The file system of this machine.
#[derive(Debug)]
pub(super) struct LocalFiles {
    pub(super) home: Option<String>,
}

impl LocalFiles {
    pub(super) fn new(env: &Environment) -> LocalFiles {
        LocalFiles { home: env.get("HOME").map(str::to_owned) }
    }
}

impl FileAccess for LocalFiles {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileAccessError> {
        let size = std::fs::metadata(path).map_err(|error| failed(path, &error))?.len();
        if size > MAX_FILE {
            return Err(FileAccessError(format!("{path} has {size} bytes; at most {MAX_FILE} are read")));
        }
        std::fs::read(path).map_err(|error| failed(path, &error))
    }

    fn exists(&self, path: &str) -> Result<bool, FileAccessError> {
        match std::fs::metadata(path) {
            Ok(found) if found.is_file() => Ok(true),
            Ok(_) => Err(FileAccessError(format!("{path} is not a regular file"))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(failed(path, &error)),
        }
    }

    fn list(&self, directory: &str) -> Result<Vec<String>, FileAccessError> {
        let mut found = Vec::new();
        list_below(Path::new(directory), Path::new(directory), 0, &mut found)?;
        found.sort();
        Ok(found)
    }

    fn absolute(&self, path: &str) -> Result<String, FileAccessError> {
        let path = std::path::absolute(path).map_err(|error| failed(path, &error))?;
        Ok(path.to_string_lossy().into_owned())
    }

    fn home(&self) -> Result<String, FileAccessError> {
        self.home.clone().ok_or_else(|| FileAccessError("the home directory is not known (HOME)".to_owned()))
    }
}

fn list_below(
    root: &Path,
    directory: &Path,
    depth: usize,
    found: &mut Vec<String>,
) -> Result<(), FileAccessError> {
    let shown = directory.to_string_lossy();
    if depth > MAX_DEPTH {
        return Err(FileAccessError(format!("{shown} lies more than {MAX_DEPTH} levels deep")));
    }
    let entries = std::fs::read_dir(directory).map_err(|error| failed(&shown, &error))?;
    for entry in entries {
        let path: PathBuf = entry.map_err(|error| failed(&shown, &error))?.path();
        if path.is_dir() {
            list_below(root, &path, depth + 1, found)?;
        } else if let Ok(below) = path.strip_prefix(root)
            && path.is_file()
        {
            found.push(below.to_string_lossy().into_owned());
        }
        if found.len() > MAX_LISTED {
            return Err(FileAccessError(format!("more than {MAX_LISTED} files below {}", root.display())));
        }
    }
    Ok(())
}

fn failed(path: &str, error: &std::io::Error) -> FileAccessError {
    FileAccessError(format!("{path}: {error}"))
}
