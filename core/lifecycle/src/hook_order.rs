//! The order in which the tasks of an allocation start and stop.
//!
//! ```text
//!  start: prestart (each to its end) and prestart sidecars (running) ▶ main ▶ poststart (once main runs)
//!  stop:  leader ▶ main and what prepares ▶ sidecars ▶ then poststop runs to its end
//! ```

use model::{RunState, Task, TaskState};

/// When a task runs relative to the others of its group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Runs to its end before the main tasks.
    Prestart,
    /// Runs beside the main tasks, and before them.
    PrestartSidecar,
    /// A main task.
    Main,
    /// Runs to its end once the main tasks run.
    Poststart,
    /// Runs beside the main tasks once they run.
    PoststartSidecar,
    /// Runs to its end after the main tasks.
    Poststop,
}

impl Phase {
    /// The phase of a task.
    #[must_use]
    pub fn of(task: &Task) -> Self {
        let Some(lifecycle) = &task.lifecycle else { return Self::Main };
        match (lifecycle.hook.as_str(), lifecycle.sidecar) {
            ("prestart", false) => Self::Prestart,
            ("prestart", true) => Self::PrestartSidecar,
            ("poststart", false) => Self::Poststart,
            ("poststart", true) => Self::PoststartSidecar,
            ("poststop", _) => Self::Poststop,
            // Validation refuses other words.
            (_, _) => Self::Main,
        }
    }

    /// Whether it runs beside the main tasks for as long as they do.
    #[must_use]
    pub const fn is_sidecar(self) -> bool {
        matches!(self, Self::PrestartSidecar | Self::PoststartSidecar)
    }

    /// Whether it is to run to its end whatever the type of the job.
    #[must_use]
    pub const fn runs_to_end(self) -> bool {
        matches!(self, Self::Prestart | Self::Poststart | Self::Poststop)
    }

    /// The place in the stop order: lower stops first. Poststop tasks are never stopped by the end of others.
    #[must_use]
    pub const fn stop_rank(self, leader: bool) -> u8 {
        match self {
            Self::Main if leader => 0,
            Self::Main | Self::Prestart | Self::Poststart => 1,
            Self::PrestartSidecar | Self::PoststartSidecar => 2,
            Self::Poststop => 3,
        }
    }
}

/// Whether a task of `phase` may start, given the phases and states of all tasks of its allocation.
pub fn may_start<'a>(phase: Phase, mut tasks: impl Iterator<Item = (Phase, &'a TaskState)>) -> bool {
    match phase {
        Phase::Prestart | Phase::PrestartSidecar => true,
        Phase::Main => tasks.all(|(phase, state)| prepared(phase, state)),
        Phase::Poststart | Phase::PoststartSidecar => {
            tasks.all(|(phase, state)| phase != Phase::Main || state.state == RunState::Running)
        }
        Phase::Poststop => {
            tasks.all(|(phase, state)| phase == Phase::Poststop || state.state == RunState::Dead)
        }
    }
}

fn prepared(phase: Phase, state: &TaskState) -> bool {
    match phase {
        Phase::Prestart => state.successful(),
        Phase::PrestartSidecar => state.state == RunState::Running,
        Phase::Main | Phase::Poststart | Phase::PoststartSidecar | Phase::Poststop => true,
    }
}
