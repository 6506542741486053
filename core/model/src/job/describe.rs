//! What the system asks of a job: its key, kind, group by name.

use std::fmt;
use std::str::FromStr;

use crate::{Job, JobKey, Scaling, Task, TaskGroup};

/// The scheduler that a job belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JobKind {
    /// Runs for ever.
    Service,
    /// Runs to its end.
    Batch,
    /// Runs for ever on every feasible node.
    System,
    /// Runs to its end on every feasible node.
    Sysbatch,
}

impl JobKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Service, Self::Batch, Self::System, Self::Sysbatch];

    /// The word in job files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Batch => "batch",
            Self::System => "system",
            Self::Sysbatch => "sysbatch",
        }
    }

    /// Whether its allocations run to an end.
    #[must_use]
    pub const fn is_batch(self) -> bool {
        matches!(self, Self::Batch | Self::Sysbatch)
    }

    /// Whether it runs on every feasible node.
    #[must_use]
    pub const fn is_system(self) -> bool {
        matches!(self, Self::System | Self::Sysbatch)
    }
}

impl fmt::Display for JobKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no kind of job.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a job type: service, batch, system and sysbatch are")]
pub struct ParseJobKindError(pub String);

impl FromStr for JobKind {
    type Err = ParseJobKindError;
    fn from_str(text: &str) -> Result<Self, ParseJobKindError> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| ParseJobKindError(text.to_owned()))
    }
}

/// What a job is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum JobStatus {
    /// Something is still to be placed or evaluated.
    Pending,
    /// Something runs, or it waits for its schedule or a dispatch.
    Running,
    /// Nothing runs and nothing will.
    Dead,
}

impl JobStatus {
    /// The word in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Dead => "dead",
        }
    }
}

impl Job {
    /// What it is known by.
    #[must_use]
    pub fn key(&self) -> JobKey {
        JobKey::new(self.namespace.as_str(), self.id.as_str())
    }

    /// The scaling policies of its groups and their tasks.
    pub fn scaling_policies(&self) -> impl Iterator<Item = &Scaling> {
        self.task_groups.iter().flat_map(|group| {
            group.scaling.iter().chain(group.tasks.iter().flat_map(|task| &task.scaling_policies))
        })
    }

    /// The same, to be changed.
    pub fn scaling_policies_mut(&mut self) -> impl Iterator<Item = &mut Scaling> {
        self.task_groups.iter_mut().flat_map(|group| {
            let tasks = group.tasks.iter_mut().flat_map(|task| &mut task.scaling_policies);
            group.scaling.iter_mut().chain(tasks)
        })
    }

    /// The scheduler it belongs to; validation refuses other words, so the fallback is never taken in a store.
    #[must_use]
    pub fn kind(&self) -> JobKind {
        self.job_type.parse().unwrap_or(JobKind::Service)
    }

    /// The group of that name.
    #[must_use]
    pub fn group(&self, name: &str) -> Option<&TaskGroup> {
        self.task_groups.iter().find(|group| group.name == name)
    }

    /// Whether it launches children on a schedule.
    #[must_use]
    pub fn is_periodic(&self) -> bool {
        self.periodic.is_some()
    }

    /// Whether it is a template for dispatches (and not one of its children).
    #[must_use]
    pub fn is_parameterized(&self) -> bool {
        self.parameterized.is_some() && !self.dispatched
    }

    /// Whether it is only a parent of jobs and has no allocations of its own.
    #[must_use]
    pub fn is_parent(&self) -> bool {
        self.is_periodic() || self.is_parameterized()
    }

    /// Whether nothing of it should run.
    #[must_use]
    pub const fn stopped(&self) -> bool {
        self.stop
    }
}

impl TaskGroup {
    /// The task of that name.
    #[must_use]
    pub fn task(&self, name: &str) -> Option<&Task> {
        self.tasks.iter().find(|task| task.name == name)
    }
}
