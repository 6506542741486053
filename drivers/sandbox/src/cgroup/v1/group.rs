//! A group below every v1 controller that this crate uses.
//!
//! The `cpuset` hierarchy is entered only when cores are pinned: every other task would pay for copying its masks.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::super::{CgroupError, Controller, Events, GroupName, Hierarchies, Limits, Stats, kill, tree};
use super::{limits, stats};

/// One group in the v1 hierarchies.
#[derive(Clone, Debug)]
pub struct Group {
    name: String,
    dirs: Vec<(Controller, PathBuf)>,
}

impl Group {
    /// Creates the group's directories and sets its limits.
    ///
    /// # Errors
    /// [`CgroupError::Unsupported`] when a directory may not be made; what was made is removed again.
    pub fn create(hierarchies: &Hierarchies, name: &GroupName, limits: &Limits) -> Result<Self, CgroupError> {
        let wanted = |controller| controller != Controller::Cpuset || limits.cpuset.is_some();
        let mut group = Self { name: name.as_str().to_owned(), dirs: Vec::new() };
        let made = hierarchies.v1.iter().filter(|(controller, _)| wanted(*controller)).try_for_each(
            |(controller, root)| {
                group.dirs.push((*controller, tree::create(root, name.as_str())?));
                match controller {
                    Controller::Cpuset => limits::inherit_cpuset(root, name.as_str()),
                    Controller::Cpu | Controller::Cpuacct | Controller::Memory | Controller::Pids => Ok(()),
                }
            },
        );
        if let Err(error) = made.and_then(|()| group.apply(limits)) {
            let _ = group.remove();
            return Err(error);
        }
        Ok(group)
    }

    /// Returns the group with the directories that exist, without creating any.
    #[must_use]
    pub fn open(hierarchies: &Hierarchies, name: &GroupName) -> Self {
        let dirs = hierarchies
            .v1
            .iter()
            .map(|(controller, root)| (*controller, root.join(name.as_str())))
            .filter(|(_, dir)| dir.is_dir())
            .collect();
        Self { name: name.as_str().to_owned(), dirs }
    }

    /// Sets limits; those that are absent stay as they are.
    ///
    /// # Errors
    /// The first file that refuses its value.
    pub fn apply(&self, limits: &Limits) -> Result<(), CgroupError> {
        limits::apply(|controller| self.dir(controller), limits)
    }

    /// Returns one open file per hierarchy; a process joins by writing `0` to each.
    ///
    /// # Errors
    /// A file that cannot be opened.
    pub fn join_files(&self) -> Result<Vec<File>, CgroupError> {
        let mut dirs: Vec<&PathBuf> = self.dirs.iter().map(|(_, dir)| dir).collect();
        dirs.sort();
        dirs.dedup();
        dirs.into_iter().map(|dir| tree::join_file(dir)).collect()
    }

    /// Returns the processes of the group and of those below it.
    #[must_use]
    pub fn pids(&self) -> Vec<i32> {
        self.dirs.first().map(|(_, dir)| tree::pids(dir)).unwrap_or_default()
    }

    /// Returns what the group has used.
    #[must_use]
    pub fn stats(&self) -> Stats {
        stats::read(|controller| self.dir(controller))
    }

    /// Returns what happened in the group.
    #[must_use]
    pub fn events(&self) -> Events {
        stats::events(|controller| self.dir(controller))
    }

    /// Kills every process and waits until none is left, in each hierarchy.
    ///
    /// # Errors
    /// [`CgroupError::StillPopulated`] after `deadline`.
    pub fn kill(&self, deadline: Duration) -> Result<(), CgroupError> {
        self.dirs.iter().try_for_each(|(_, dir)| kill::kill_all(&self.name, dir, deadline))
    }

    /// Removes the group's directories; those that are gone are fine.
    ///
    /// # Errors
    /// A directory that is still in use.
    pub fn remove(&self) -> Result<(), CgroupError> {
        self.dirs.iter().try_for_each(|(_, dir)| tree::remove(dir))
    }

    fn dir(&self, controller: Controller) -> Option<&Path> {
        self.dirs.iter().find(|(known, _)| *known == controller).map(|(_, dir)| dir.as_path())
    }
}
