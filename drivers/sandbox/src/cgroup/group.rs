//! One group for one task, whatever the host mounts.

use std::fs::File;
use std::thread;
use std::time::{Duration, Instant};

use super::{CgroupError, Events, GroupName, Hierarchies, Limits, Mode, Stats, hybrid, v1, v2};

/// A group made by this crate: limits, statistics, and a grip on every process of a task.
///
/// Dropping it leaves the group as it is; [`Group::destroy`] ends it.
#[derive(Clone, Debug)]
pub struct Group {
    name: GroupName,
    backend: Backend,
}

#[derive(Clone, Debug)]
enum Backend {
    V1(v1::Group),
    V2(v2::Group),
    Hybrid(hybrid::Group),
}

/// Calls the same method on whichever backend there is.
macro_rules! each {
    ($self:ident, $group:ident => $call:expr) => {
        match &$self.backend {
            Backend::V1($group) => $call,
            Backend::V2($group) => $call,
            Backend::Hybrid($group) => $call,
        }
    };
}

impl Group {
    /// Creates the group and sets its limits; one that exists is taken over.
    ///
    /// # Errors
    /// [`CgroupError::Unsupported`] when the host or our rights do not allow it: go on with a process group.
    pub fn create(hierarchies: &Hierarchies, name: &GroupName, limits: &Limits) -> Result<Self, CgroupError> {
        let backend = match hierarchies.mode() {
            Mode::V1 => Backend::V1(v1::Group::create(hierarchies, name, limits)?),
            Mode::V2 => Backend::V2(v2::Group::create(hierarchies, name, limits)?),
            Mode::Hybrid => Backend::Hybrid(hybrid::Group::create(hierarchies, name, limits)?),
        };
        Ok(Self { name: name.clone(), backend })
    }

    /// Returns a group that was created earlier; it may be gone, then it has no processes.
    ///
    /// # Errors
    /// [`CgroupError::Unsupported`] when the host mounts nothing.
    pub fn open(hierarchies: &Hierarchies, name: &GroupName) -> Result<Self, CgroupError> {
        let backend = match hierarchies.mode() {
            Mode::V1 => Backend::V1(v1::Group::open(hierarchies, name)),
            Mode::V2 => Backend::V2(v2::Group::open(hierarchies, name)?),
            Mode::Hybrid => Backend::Hybrid(hybrid::Group::open(hierarchies, name)?),
        };
        Ok(Self { name: name.clone(), backend })
    }

    /// Returns the name of the group.
    #[must_use]
    pub fn name(&self) -> &GroupName {
        &self.name
    }

    /// Changes limits; those that are absent stay as they are.
    ///
    /// # Errors
    /// The first file that refuses its value.
    pub fn apply(&self, limits: &Limits) -> Result<(), CgroupError> {
        each!(self, group => group.apply(limits))
    }

    /// Returns the files through which a child joins, by writing `0` to each before it execs.
    ///
    /// # Errors
    /// A file that cannot be opened.
    pub fn join_files(&self) -> Result<Vec<File>, CgroupError> {
        each!(self, group => group.join_files())
    }

    /// Returns the processes of the group and of those below it.
    #[must_use]
    pub fn pids(&self) -> Vec<i32> {
        each!(self, group => group.pids())
    }

    /// Returns what the group has used.
    #[must_use]
    pub fn stats(&self) -> Stats {
        each!(self, group => group.stats())
    }

    /// Returns what happened in the group, such as kills for lack of memory.
    #[must_use]
    pub fn events(&self) -> Events {
        each!(self, group => group.events())
    }

    /// Kills every process and waits, at most `deadline`, until none is left.
    ///
    /// # Errors
    /// [`CgroupError::StillPopulated`] when the deadline passes.
    pub fn kill(&self, deadline: Duration) -> Result<(), CgroupError> {
        each!(self, group => group.kill(deadline))
    }

    /// Removes the (empty) group; one that is gone is fine.
    ///
    /// # Errors
    /// When a process is still in it.
    pub fn remove(&self) -> Result<(), CgroupError> {
        each!(self, group => group.remove())
    }

    /// Kills every process, then removes the group, within `deadline`.
    ///
    /// # Errors
    /// As [`Group::kill`] and [`Group::remove`].
    pub fn destroy(&self, deadline: Duration) -> Result<(), CgroupError> {
        let start = Instant::now();
        loop {
            self.kill(deadline.saturating_sub(start.elapsed()))?;
            // The kernel may call a group busy for a moment after its last process has gone.
            match self.remove() {
                Ok(()) => return Ok(()),
                Err(error) if start.elapsed() >= deadline => return Err(error),
                Err(_) => thread::sleep(Duration::from_millis(2)),
            }
        }
    }
}
