//! Why an executor could not be started or reached.

use std::io;
use std::path::PathBuf;

use crate::protocol::ProtocolError;
use crate::start::StartFailure;
use crate::state_file::StateError;

/// Failure to start a task.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// The state directory could not be made.
    #[error("cannot create state directory {path}", path = path.display())]
    StateDir {
        /// The directory.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// What an earlier executor left could not be ended.
    #[error("cannot end the earlier executor of this task")]
    Earlier(#[source] LinkError),
    /// The executor's own program could not be started.
    #[error("cannot start executor {program}", program = program.display())]
    Executor {
        /// The program.
        program: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The executor ended or went silent before it reported.
    #[error("the executor did not report a start")]
    NoReport(#[source] ProtocolError),
    /// The executor could not start the task.
    #[error(transparent)]
    Task(#[from] StartFailure),
    /// The task runs, but the executor is gone again.
    #[error("the executor vanished after the start")]
    Vanished(#[source] LinkError),
}

/// Failure to reach a running executor.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// Its state file cannot be used.
    #[error(transparent)]
    State(#[from] StateError),
    /// It has ended: read the outcome.
    #[error("the executor has ended")]
    Ended,
    /// The connection failed.
    #[error("cannot reach the executor")]
    Protocol(#[from] ProtocolError),
    /// It answered, but will not.
    #[error("the executor refused: {0}")]
    Refused(String),
    /// A system call on the executor's process failed.
    #[error("cannot watch the executor")]
    Process(#[source] io::Error),
}
