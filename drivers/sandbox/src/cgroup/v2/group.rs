//! A group of the unified hierarchy.
//!
//! Controllers are switched on for it in every parent, as far as the parents allow; a limit whose controller is
//! not there is an error, because a limit that silently does nothing is worse.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::super::{CgroupError, Events, GroupName, Hierarchies, Limits, Stats, kill, tree};
use super::{limits, stats};

/// One group of the unified hierarchy.
#[derive(Clone, Debug)]
pub struct Group {
    name: String,
    dir: PathBuf,
}

impl Group {
    /// Creates the group's directory and sets its limits.
    ///
    /// # Errors
    /// [`CgroupError::Unsupported`] without a unified mount or without the permission to write it.
    pub fn create(hierarchies: &Hierarchies, name: &GroupName, limits: &Limits) -> Result<Self, CgroupError> {
        let root = root(hierarchies)?;
        if *limits != Limits::default() {
            limits::enable_controllers(root, name.as_str())?;
        }
        let dir = tree::create(root, name.as_str())?;
        let group = Self { name: name.as_str().to_owned(), dir };
        if let Err(error) = group.apply(limits) {
            let _ = group.remove();
            return Err(error);
        }
        Ok(group)
    }

    /// Returns the group without creating it.
    ///
    /// # Errors
    /// [`CgroupError::Unsupported`] without a unified mount.
    pub fn open(hierarchies: &Hierarchies, name: &GroupName) -> Result<Self, CgroupError> {
        let dir = root(hierarchies)?.join(name.as_str());
        Ok(Self { name: name.as_str().to_owned(), dir })
    }

    /// Sets limits; those that are absent stay as they are.
    ///
    /// # Errors
    /// The first file that refuses its value.
    pub fn apply(&self, limits: &Limits) -> Result<(), CgroupError> {
        limits::apply(&self.dir, limits)
    }

    /// Returns the open file through which a process joins by writing `0`.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn join_files(&self) -> Result<Vec<File>, CgroupError> {
        Ok(vec![tree::join_file(&self.dir)?])
    }

    /// Returns the processes of the group and of those below it.
    #[must_use]
    pub fn pids(&self) -> Vec<i32> {
        tree::pids(&self.dir)
    }

    /// Returns what the group has used.
    #[must_use]
    pub fn stats(&self) -> Stats {
        stats::read(&self.dir)
    }

    /// Returns what happened in the group.
    #[must_use]
    pub fn events(&self) -> Events {
        stats::events(&self.dir)
    }

    /// Kills every process and waits until none is left.
    ///
    /// # Errors
    /// [`CgroupError::StillPopulated`] after `deadline`.
    pub fn kill(&self, deadline: Duration) -> Result<(), CgroupError> {
        kill::kill_all(&self.name, &self.dir, deadline)
    }

    /// Removes the group's directory; one that is gone is fine.
    ///
    /// # Errors
    /// When it is still in use.
    pub fn remove(&self) -> Result<(), CgroupError> {
        tree::remove(&self.dir)
    }
}

fn root(hierarchies: &Hierarchies) -> Result<&Path, CgroupError> {
    hierarchies
        .unified
        .as_deref()
        .ok_or_else(|| CgroupError::Unsupported { reason: "no unified hierarchy is mounted".to_owned() })
}
