//! Hybrid hosts: v1 groups for the limits, a parallel group in the unified hierarchy for the life cycle.
//!
//! Only the unified hierarchy has `cgroup.kill`; it works there even with no controller attached.

use std::fs::File;
use std::time::Duration;

use super::{CgroupError, Events, GroupName, Hierarchies, Limits, Stats, v1, v2};

/// One group in the v1 hierarchies and in the unified one.
#[derive(Clone, Debug)]
pub(super) struct Group {
    limits: v1::Group,
    life: v2::Group,
}

impl Group {
    pub(super) fn create(
        hierarchies: &Hierarchies,
        name: &GroupName,
        limits: &Limits,
    ) -> Result<Self, CgroupError> {
        let life = v2::Group::create(hierarchies, name, &Limits::default())?;
        match v1::Group::create(hierarchies, name, limits) {
            Ok(limits) => Ok(Self { limits, life }),
            Err(error) => {
                let _ = life.remove();
                Err(error)
            }
        }
    }

    pub(super) fn open(hierarchies: &Hierarchies, name: &GroupName) -> Result<Self, CgroupError> {
        Ok(Self { limits: v1::Group::open(hierarchies, name), life: v2::Group::open(hierarchies, name)? })
    }

    pub(super) fn apply(&self, limits: &Limits) -> Result<(), CgroupError> {
        self.limits.apply(limits)
    }

    pub(super) fn join_files(&self) -> Result<Vec<File>, CgroupError> {
        let mut files = self.life.join_files()?;
        files.extend(self.limits.join_files()?);
        Ok(files)
    }

    pub(super) fn pids(&self) -> Vec<i32> {
        let mut pids = self.life.pids();
        pids.extend(self.limits.pids());
        pids.sort_unstable();
        pids.dedup();
        pids
    }

    pub(super) fn stats(&self) -> Stats {
        self.limits.stats()
    }

    pub(super) fn events(&self) -> Events {
        self.limits.events()
    }

    /// Kills by the unified group first, then whatever only the v1 groups know (a task may have moved itself).
    pub(super) fn kill(&self, deadline: Duration) -> Result<(), CgroupError> {
        self.life.kill(deadline)?;
        self.limits.kill(deadline)
    }

    pub(super) fn remove(&self) -> Result<(), CgroupError> {
        self.limits.remove()?;
        self.life.remove()
    }
}
