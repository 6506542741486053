//! Which file a task's `command` means.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use driver::TaskConfig;

/// Searched when the task's environment has no `PATH`.
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A command that names no file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CommandNotFound {
    /// As the job has it.
    pub(super) command: String,
    /// Where was looked.
    pub(super) searched: Vec<PathBuf>,
}

/// Returns the places of a command that is run in a task: as it is, or in the default `PATH`.
pub(super) fn candidates(command: &str) -> Vec<String> {
    if command.contains('/') {
        return vec![command.to_owned()];
    }
    DEFAULT_PATH.split(':').map(|dir| format!("{dir}/{command}")).collect()
}

/// Finds the program: an absolute path as it is; else below `local`, below the task directory, and, for a plain name,
/// in the task's `PATH`.
///
/// # Errors
/// The places that were searched.
pub(super) fn resolve(command: &str, task: &TaskConfig) -> Result<PathBuf, CommandNotFound> {
    let mut searched = Vec::new();
    let mut candidates: Vec<PathBuf> = Vec::new();
    if Path::new(command).is_absolute() {
        candidates.push(PathBuf::from(command));
    } else {
        candidates.push(task.dirs.local.join(command));
        candidates.push(task.dirs.task.join(command));
        if !command.contains('/') {
            let path = task.env.get("PATH").map_or(DEFAULT_PATH, String::as_str);
            let dirs = path.split(':').filter(|dir| dir.starts_with('/'));
            candidates.extend(dirs.map(|dir| Path::new(dir).join(command)));
        }
    }
    let absolute = Path::new(command).is_absolute();
    for candidate in candidates {
        match candidate.metadata() {
            Ok(found) if found.is_file() && (absolute || found.permissions().mode() & 0o111 != 0) => {
                return Ok(candidate);
            }
            _ => searched.push(candidate),
        }
    }
    Err(CommandNotFound { command: command.to_owned(), searched })
}

impl std::fmt::Display for CommandNotFound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let places: Vec<String> = self.searched.iter().map(|place| place.display().to_string()).collect();
        write!(f, "command {:?} not found; looked for {}", self.command, places.join(", "))
    }
}
