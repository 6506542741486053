//! Decides whether an allocation is healthy, by the states of its tasks: deployments and drains wait for that.
//!
//! ```text
//!             every task runs            for min_healthy_time
//!  undecided ────────────────▶ settling ─────────────────────▶ healthy
//!     │  ▲                        │
//!     │  └── a task is restarted ─┘
//!     └──── a task failed, or healthy_deadline is over ───────▶ unhealthy
//! ```
//!
//! The decision is made once. Unless the group says `health_check = "task_states"`, it settles only while the checks
//! of its services pass.

use model::{Migrate, Nanos, Timestamp, Update};

/// What of an allocation its health depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HealthInput {
    /// Every task that should run does, and those that only prepare have ended well.
    pub all_running: bool,
    /// A task failed for good.
    pub any_failed: bool,
    /// Restarts of all tasks taken together.
    pub restarts: u32,
    /// Every check that counts passes.
    pub checks_pass: bool,
}

/// Why an allocation is unhealthy, as its task events word it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unhealthy {
    /// A task failed.
    TaskFailed,
    /// It was not healthy in time.
    Deadline,
}

/// What an allocation has to do to be healthy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HealthRules {
    /// How long it has to be well.
    pub min_healthy: Nanos,
    /// How long it may take until then.
    pub deadline: Nanos,
    /// Whether a person says so, and nobody else.
    pub manual: bool,
    /// Whether the checks of its services count.
    pub with_checks: bool,
}

impl From<&Update> for HealthRules {
    fn from(update: &Update) -> Self {
        Self {
            min_healthy: update.min_healthy_time,
            deadline: update.healthy_deadline,
            manual: update.health_check == "manual",
            with_checks: update.health_check != "task_states",
        }
    }
}

impl From<&Migrate> for HealthRules {
    fn from(migrate: &Migrate) -> Self {
        Self {
            min_healthy: migrate.min_healthy_time,
            deadline: migrate.healthy_deadline,
            manual: false,
            with_checks: migrate.health_check != "task_states",
        }
    }
}

/// The machine.
#[derive(Debug, Clone)]
pub struct HealthMachine {
    rules: HealthRules,
    deadline: Timestamp,
    since: Option<Timestamp>,
    restarts: u32,
    decided: Option<(bool, Timestamp)>,
}

impl HealthMachine {
    /// Watches an allocation that starts now, by the rules of its group.
    #[must_use]
    pub fn new(now: Timestamp, rules: HealthRules) -> Self {
        Self { rules, deadline: now + rules.deadline, since: None, restarts: 0, decided: None }
    }

    /// What it decides by.
    #[must_use]
    pub const fn rules(&self) -> HealthRules {
        self.rules
    }

    /// What was decided and when.
    #[must_use]
    pub const fn decided(&self) -> Option<(bool, Timestamp)> {
        self.decided
    }

    /// When it wants to look again.
    #[must_use]
    pub fn wake_at(&self) -> Option<Timestamp> {
        if self.rules.manual || self.decided.is_some() {
            return None;
        }
        Some(self.since.map_or(self.deadline, |since| (since + self.rules.min_healthy).min(self.deadline)))
    }

    /// Looks at the allocation as it is now; returns why, when it has just been found unhealthy.
    pub fn look(&mut self, now: Timestamp, input: HealthInput) -> Option<Unhealthy> {
        if self.rules.manual || self.decided.is_some() {
            return None;
        }
        if input.any_failed {
            self.decided = Some((false, now));
            return Some(Unhealthy::TaskFailed);
        }
        if input.restarts != self.restarts {
            self.restarts = input.restarts;
            self.since = None;
        }
        let settled = input.all_running && (input.checks_pass || !self.rules.with_checks);
        self.since = if settled { Some(self.since.unwrap_or(now)) } else { None };
        if self.since.is_some_and(|since| now.since(since) >= self.rules.min_healthy) {
            self.decided = Some((true, now));
            return None;
        }
        if now >= self.deadline {
            self.decided = Some((false, now));
            return Some(Unhealthy::Deadline);
        }
        None
    }
}
