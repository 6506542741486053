//! What the server wants of an allocation and what its client reports.

use serde::{Deserialize, Serialize};

use crate::word::words;

words! {
    /// What the server wants of an allocation.
    DesiredStatus {
        /// It should run.
        Run = "run",
        /// It should stop.
        Stop = "stop",
        /// It should make room for another.
        Evict = "evict",
    }
}

words! {
    /// What the client reports of an allocation.
    ClientStatus {
        /// Not started yet.
        Pending = "pending",
        /// At least one task runs.
        Running = "running",
        /// All tasks ended well.
        Complete = "complete",
        /// A task failed for good.
        Failed = "failed",
        /// Its node is down.
        Lost = "lost",
        /// Its node is disconnected and may come back.
        Unknown = "unknown",
    }
}

impl ClientStatus {
    /// Whether the client will do nothing more for it.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Complete | Self::Failed | Self::Lost)
    }
}

impl DesiredStatus {
    /// Whether the server wants it gone.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Stop | Self::Evict)
    }
}

/// Why the server changed what it wants of an allocation. Worded by the view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum StopReason {
    /// Nothing changed.
    #[default]
    None,
    /// The job or its count changed.
    NotNeeded,
    /// A disconnected client came back with another allocation that is kept.
    Reconnected,
    /// It moves off a draining node.
    Migrating,
    /// The job changed so that it must be replaced.
    Updating,
    /// Its node is down.
    Lost,
    /// Its node is disconnected.
    Unknown,
    /// The job changed so that it is updated where it runs.
    InPlace,
    /// Its node is not usable any more.
    Tainted,
    /// It failed and runs elsewhere now.
    Rescheduled,
    /// Another allocation took its room.
    Preempted {
        /// That allocation.
        by: crate::AllocId,
    },
}

impl StopReason {
    /// The description that the API shows.
    #[must_use]
    pub fn text(self) -> String {
        let text = match self {
            Self::None => "",
            Self::NotNeeded => "alloc not needed due to job update",
            Self::Reconnected => "alloc not needed due to disconnected client reconnect",
            Self::Migrating => "alloc is being migrated",
            Self::Updating => "alloc is being updated due to job update",
            Self::Lost => "alloc is lost since its node is down",
            Self::Unknown => "alloc is unknown since its node is disconnected",
            Self::InPlace => "alloc updating in-place",
            Self::Tainted => "alloc not needed as node is tainted",
            Self::Rescheduled => "alloc was rescheduled because it failed",
            Self::Preempted { by } => return format!("Preempted by alloc ID {by}"),
        };
        text.to_owned()
    }
}

/// Wishes that wait for the next evaluation of the job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AllocTransition {
    /// Move it to another node.
    pub migrate: Option<bool>,
    /// Reschedule it whatever its policy says.
    pub reschedule: Option<bool>,
    /// Reschedule it now, without delay.
    pub force_reschedule: Option<bool>,
    /// Stop it without waiting for the shutdown delay.
    pub no_shutdown_delay: Option<bool>,
    /// Stop it and place no replacement.
    pub migrate_disable_placement: Option<bool>,
}

impl AllocTransition {
    /// Whether it should move to another node.
    #[must_use]
    pub fn should_migrate(&self) -> bool {
        self.migrate == Some(true)
    }

    /// Whether a reschedule was asked for.
    #[must_use]
    pub fn should_reschedule(&self) -> bool {
        self.reschedule == Some(true)
    }
}
