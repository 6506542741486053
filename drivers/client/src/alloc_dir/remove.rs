//! Removing the directory of an allocation, with what is mounted in it. Everything here blocks.

use std::fs;
use std::io;

use model::Name;
use sandbox::secrets;

use super::layout::{AllocPaths, SHARED, check_task_name};

/// Unmounts and removes the secrets of tasks that have ended.
pub(crate) fn remove_secrets(paths: &AllocPaths, tasks: &[Name]) {
    for task in tasks.iter().filter(|task| check_task_name(task).is_ok()) {
        if let Err(error) = secrets::remove(&paths.task(task).secrets) {
            tracing::warn!(dir = %paths.root.display(), %task, %error, "cannot remove the secrets of a task");
        }
    }
}

/// Removes everything of an allocation; one that is gone is fine.
pub(crate) fn remove_alloc(paths: &AllocPaths) -> io::Result<()> {
    let entries = match fs::read_dir(&paths.root) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() && entry.file_name() != SHARED {
            secrets::remove(&entry.path().join("secrets"))?;
        }
    }
    match fs::remove_dir_all(&paths.root) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
