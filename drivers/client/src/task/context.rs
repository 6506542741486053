//! What there is to know of an allocation when one of its tasks is set up.

use std::sync::Arc;

use driver::TaskId;
use model::{AllocId, Assigned, Job, Name, Task, TaskGroup};

use crate::alloc_dir::AllocPaths;

/// An allocation, as its tasks need it.
#[derive(Clone, Debug)]
pub(crate) struct AllocContext {
    /// Its id.
    pub(crate) id: AllocId,
    /// The version of the job that it runs.
    pub(crate) job: Arc<Job>,
    /// Its group.
    pub(crate) group: Name,
    /// Number in its name.
    pub(crate) index: u32,
    /// Ports, cores and devices.
    pub(crate) assigned: Assigned,
    /// Where its files are; none on a simulated node.
    pub(crate) paths: Option<AllocPaths>,
}

impl AllocContext {
    /// Its group in the job.
    pub(crate) fn task_group(&self) -> Option<&TaskGroup> {
        self.job.group(&self.group)
    }

    /// One of its tasks.
    pub(crate) fn task(&self, name: &str) -> Option<&Task> {
        self.task_group()?.task(name)
    }

    /// What a driver calls one of its tasks.
    pub(crate) fn task_id(&self, task: &str) -> TaskId {
        TaskId { alloc: self.id.to_string(), task: task.to_owned() }
    }

    /// Its name: job, group and number.
    pub(crate) fn name(&self) -> String {
        format!("{}.{}[{}]", self.job.id, self.group, self.index)
    }
}
