//! What the machine must know of its allocation, from its job and its client.

use std::sync::Arc;

use model::{AllocId, Job, JobKind, Name, Nanos, TaskGroup, Timestamp};

use crate::health::{HealthMachine, HealthRules};
use crate::offer::Offer;
use crate::task::TaskRules;

/// What the machine must know of its allocation.
#[derive(Debug, Clone)]
pub struct AllocRules {
    /// Its id.
    pub id: AllocId,
    /// The version of the job that it runs.
    pub job: Arc<Job>,
    /// Its group.
    pub group: Name,
    /// Whether a deployment waits for its health.
    pub in_deployment: bool,
    /// The services of the group and of its tasks, as this client offers them.
    pub offers: Vec<Offer>,
    /// Longest kill timeout that the client allows.
    pub max_kill_timeout: Nanos,
}

impl AllocRules {
    pub(super) fn task_group(&self) -> Option<&TaskGroup> {
        self.job.group(&self.group)
    }

    pub(super) fn tasks(&self) -> Vec<TaskRules> {
        let Some(group) = self.task_group() else { return Vec::new() };
        let rules =
            |task| TaskRules::new(self.id, &self.job, task, group.restart.as_ref(), self.max_kill_timeout);
        group.tasks.iter().map(rules).collect()
    }

    /// Watches whether it becomes healthy, if somebody waits for that: its deployment, or a drain that it moved for.
    pub(super) fn health(&self, now: Timestamp) -> Option<HealthMachine> {
        let group = self.task_group()?;
        let rules = if self.in_deployment {
            group.update.as_ref().map(HealthRules::from)
        } else {
            group.migrate.as_ref().filter(|_| self.job.kind() == JobKind::Service).map(HealthRules::from)
        };
        Some(HealthMachine::new(now, rules?))
    }
}
