//! Why a driver could not do what it was asked.

use crate::config::ConfigErrors;
use crate::{HandleError, TaskId};

/// Failure to start a task.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The `config` block is wrong: no retry helps.
    #[error("invalid driver config")]
    Config(#[from] ConfigErrors),
    /// It will not work on this host with this job.
    #[error("{0}")]
    Fatal(String),
    /// It may work later or elsewhere.
    #[error("{0}")]
    Recoverable(String),
}

impl StartError {
    /// Returns whether the restart policy should try again.
    #[must_use]
    pub fn is_recoverable(&self) -> bool {
        matches!(self, Self::Recoverable(_))
    }
}

/// Failure to take over a task of an earlier agent.
#[derive(Debug, thiserror::Error)]
pub enum RecoverError {
    /// The handle is not one of this driver.
    #[error(transparent)]
    Handle(#[from] HandleError),
    /// The task is gone and nobody knows how it ended; nothing of it runs any more.
    #[error("task {id} is lost: {reason}")]
    Lost {
        /// Which task.
        id: TaskId,
        /// What was found.
        reason: String,
    },
}

/// Failure of an operation on a task.
#[derive(Debug, thiserror::Error)]
pub enum TaskError {
    /// The driver does not hold it.
    #[error("task {0} not found")]
    NotFound(TaskId),
    /// It has ended.
    #[error("task {0} is not running")]
    NotRunning(TaskId),
    /// The driver cannot do it.
    #[error("task {id}: {reason}")]
    Failed {
        /// Which task.
        id: TaskId,
        /// Why.
        reason: String,
    },
}
