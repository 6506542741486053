//! What the client reports of one task.

use serde::{Deserialize, Serialize};

use super::TaskEvent;
use crate::Timestamp;
use crate::word::words;

words! {
    /// Where a task is in its life.
    RunState {
        /// Not started.
        Pending = "pending",
        /// Started and not ended.
        Running = "running",
        /// Ended for good.
        Dead = "dead",
    }
}

/// What the client reports of one task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskState {
    /// Where it is in its life.
    pub state: RunState,
    /// Whether it failed for good.
    pub failed: bool,
    /// How often it was restarted.
    pub restarts: u32,
    /// When it was last restarted.
    pub last_restart: Timestamp,
    /// When it last started.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// The last ten events, oldest first.
    pub events: Vec<TaskEvent>,
}

impl TaskState {
    /// Events kept per task.
    pub const MAX_EVENTS: usize = 10;

    /// A task that has not started.
    #[must_use]
    pub const fn pending() -> Self {
        Self {
            state: RunState::Pending,
            failed: false,
            restarts: 0,
            last_restart: Timestamp::NEVER,
            started_at: Timestamp::NEVER,
            finished_at: Timestamp::NEVER,
            events: Vec::new(),
        }
    }

    /// Adds an event and forgets the oldest beyond [`Self::MAX_EVENTS`].
    pub fn push_event(&mut self, event: TaskEvent) {
        if self.events.len() >= Self::MAX_EVENTS {
            self.events.remove(0);
        }
        self.events.push(event);
    }

    /// Whether it ended without failing.
    #[must_use]
    pub fn successful(&self) -> bool {
        self.state == RunState::Dead && !self.failed
    }
}
