//! Task events: kind, time, arguments. Worded when somebody asks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Name, Nanos, Timestamp};

/// Something that happened to a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskEvent {
    /// When.
    pub time: Timestamp,
    /// What.
    pub kind: TaskEventKind,
}

/// What happened to a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum TaskEventKind {
    /// The client took it on.
    Received,
    /// Its directory is being built, or another step of its setup.
    Setup {
        /// What is being done.
        message: Name,
    },
    /// Its setup failed.
    SetupFailure {
        /// Why.
        message: Name,
    },
    /// The driver reports something.
    Driver {
        /// What.
        message: Name,
    },
    /// The driver could not start it.
    DriverFailure {
        /// Why.
        message: Name,
    },
    /// It runs.
    Started,
    /// It ended.
    Terminated {
        /// Exit code.
        exit_code: i32,
        /// Signal that ended it, or 0.
        signal: i32,
        /// Whether it was killed for using too much memory.
        oom_killed: bool,
        /// What the driver says.
        message: Name,
    },
    /// It will be restarted.
    Restarting {
        /// Why.
        reason: Name,
        /// After this long.
        start_delay: Nanos,
    },
    /// It will not be restarted.
    NotRestarting {
        /// Why.
        reason: Name,
    },
    /// A restart was asked for.
    RestartSignal {
        /// Why.
        reason: Name,
    },
    /// A signal is sent to it.
    Signaling {
        /// The signal's name.
        signal: Name,
        /// Why.
        reason: Name,
    },
    /// It was asked to stop.
    Killing {
        /// Longest time until SIGKILL.
        kill_timeout: Nanos,
        /// Why.
        reason: Name,
    },
    /// It was stopped.
    Killed {
        /// What went wrong, if anything.
        error: Name,
    },
    /// A sibling ended and took it along.
    SiblingFailed {
        /// The sibling.
        task: Name,
    },
    /// The leader ended and took it along.
    LeaderDead,
    /// Its services are gone; it waits before it is stopped.
    WaitingShutdownDelay {
        /// For this long.
        delay: Nanos,
    },
    /// A client was restarted and found it again.
    Reattached,
    /// A client was restarted and could not find it again.
    RestoreFailure {
        /// Why.
        message: Name,
    },
    /// Its artifacts are being fetched.
    DownloadingArtifacts,
    /// Its artifacts could not be fetched.
    ArtifactFailure {
        /// Why.
        message: Name,
    },
    /// It was not healthy in time.
    AllocUnhealthy {
        /// Why.
        message: Name,
    },
    /// Another event of a hook.
    Hook {
        /// Its type in the API.
        kind: Name,
        /// Its message.
        message: Name,
        /// Its details.
        details: BTreeMap<Name, Name>,
    },
}
