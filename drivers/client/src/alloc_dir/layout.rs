//! Where everything of an allocation is.

use std::path::{Path, PathBuf};

use driver::TaskDirs;
use model::AllocId;

/// Name of the directory that the tasks share.
pub(super) const SHARED: &str = "alloc";

/// Paths of one allocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AllocPaths {
    /// Its directory.
    pub(crate) root: PathBuf,
}

/// A task's name that cannot be the name of its directory.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("task name {0:?} cannot be the name of a directory")]
pub(crate) struct BadTaskName(pub(crate) String);

impl AllocPaths {
    /// The paths of `alloc` below the client's directory.
    pub(crate) fn new(alloc_dir: &Path, alloc: AllocId) -> Self {
        Self { root: alloc_dir.join(alloc.to_string()) }
    }

    /// The directory that the tasks share.
    pub(crate) fn shared(&self) -> PathBuf {
        self.root.join(SHARED)
    }

    /// The directory of the logs.
    pub(crate) fn logs(&self) -> PathBuf {
        self.root.join("alloc/logs")
    }

    /// The directories of a task whose name was [checked](check_task_name).
    pub(crate) fn task(&self, task: &str) -> TaskDirs {
        let own = self.root.join(task);
        TaskDirs {
            alloc: self.root.clone(),
            shared: self.shared(),
            local: own.join("local"),
            secrets: own.join("secrets"),
            task: own,
        }
    }
}

/// Checks that a task's name names one directory, and not the shared one.
pub(crate) fn check_task_name(task: &str) -> Result<(), BadTaskName> {
    let plain = !task.is_empty() && !task.contains(['/', '\0']) && task.len() <= 255;
    if plain && !matches!(task, "." | ".." | SHARED) { Ok(()) } else { Err(BadTaskName(task.to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_one_directory_are_task_names() {
        for good in ["web", "web 1", "...", "ünïcode"] {
            assert_eq!(check_task_name(good), Ok(()));
        }
        for bad in ["", ".", "..", "a/b", "../x", "/etc", "alloc", "a\0b", &"x".repeat(256)] {
            assert!(check_task_name(bad).is_err(), "{bad:?}");
        }
    }
}
