//! What happens to a task, and what to do with it.

use model::{Name, Nanos, TaskEventKind};

/// Why a task is to stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StopCause {
    /// The server wants the allocation gone.
    Requested,
    /// A sibling failed.
    SiblingFailed(Name),
    /// The leader ended.
    LeaderDead,
    /// The main tasks ended, beside which it ran.
    MainDead,
}

/// How a task ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exit {
    /// Exit code; 0 if a signal ended it.
    pub code: i32,
    /// Signal that ended it, or 0.
    pub signal: i32,
    /// Whether it was killed for using too much memory.
    pub oom_killed: bool,
    /// Why the driver does not know better; empty if it does.
    pub error: Name,
}

impl Exit {
    /// Whether it did what it should.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.code == 0 && self.signal == 0 && self.error.is_empty()
    }
}

/// What happens to a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Its allocation lets it start.
    Start,
    /// [`Action::Prepare`] is done.
    Prepared,
    /// [`Action::Prepare`] failed.
    PrepareFailed {
        /// What to show: a failure of setup, artifacts or another hook.
        kind: TaskEventKind,
        /// Whether trying again may help.
        recoverable: bool,
    },
    /// [`Action::Start`] is done.
    Started,
    /// [`Action::Start`] failed; nothing of the task is left.
    StartFailed {
        /// Why.
        message: Name,
        /// Whether trying again may help.
        recoverable: bool,
    },
    /// It ended.
    Exited(Exit),
    /// It is to stop.
    Stop {
        /// Why.
        cause: StopCause,
        /// Leaves the shutdown delay out.
        no_shutdown_delay: bool,
    },
    /// Somebody asks for a restart, which does not count.
    Restart {
        /// Why.
        reason: Name,
    },
    /// A check says that it does not work: it is restarted, which counts as a failure.
    Unhealthy {
        /// Why.
        reason: Name,
    },
    /// Something to record: a signal that was sent, artifacts that are fetched.
    Note(TaskEventKind),
    /// Time has passed.
    Tick,
}

/// What to do with a task, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Make its directory, fetch its artifacts, render its templates, compute its environment; then
    /// [`Event::Prepared`] or `PrepareFailed`.
    Prepare,
    /// Start it with the driver; then [`Event::Started`] or `StartFailed`, later [`Event::Exited`].
    Start,
    /// Have the driver stop it; then [`Event::Exited`].
    Stop {
        /// Asks it to stop.
        signal: Name,
        /// Then everything of it is killed.
        timeout: Nanos,
    },
    /// Kill whatever is left of it and forget its handle.
    Destroy,
}
