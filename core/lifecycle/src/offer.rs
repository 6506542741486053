//! Services that an allocation offers, and the checks that tell whether they work.
//!
//! [`Offer`]s are what the client made of the services of a job: names and addresses are final. A group's service is
//! offered while its allocation runs, a task's while the task does; both are withdrawn before anything is stopped.
//! [`CheckTrack`] counts what the checks find.

use model::{Name, Nanos, ServiceInstance, Timestamp};

/// A service that an allocation offers while its owner runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The task that it belongs to; none for the group.
    pub task: Option<Name>,
    /// What is registered.
    pub instance: ServiceInstance,
    /// What is looked at while it is offered.
    pub checks: Vec<CheckRules>,
}

/// What the machine must know of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckRules {
    /// Its id.
    pub id: Name,
    /// Its name in the job.
    pub name: Name,
    /// Whether the health of the allocation depends on it.
    pub counts: bool,
    /// When tasks are restarted for its sake.
    pub restart: Option<CheckRestartRules>,
}

/// When tasks are restarted because a check fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckRestartRules {
    /// After so many failures in a row, at least one.
    pub limit: u32,
    /// Failures so soon after the start of the tasks do not count.
    pub grace: Nanos,
    /// The tasks.
    pub tasks: Vec<Name>,
}

/// What a check has found so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CheckTrack {
    passing: bool,
    failures: u32,
}

impl CheckTrack {
    /// Whether it passed the last time.
    pub(crate) const fn is_passing(&self) -> bool {
        self.passing
    }

    /// Notes a result; says whether that is one failure too many. `started` is when the newest task started.
    pub(crate) fn note(
        &mut self,
        now: Timestamp,
        started: Timestamp,
        rules: Option<&CheckRestartRules>,
        passing: bool,
    ) -> bool {
        self.passing = passing;
        let Some(rules) = rules.filter(|_| !passing) else {
            self.failures = 0;
            return false;
        };
        if now < started + rules.grace {
            return false;
        }
        self.failures += 1;
        let too_many = self.failures >= rules.limit.max(1);
        if too_many {
            self.failures = 0;
        }
        too_many
    }
}
