//! Everything that can happen to the engine.

use lifecycle::{alloc, task};
use model::link::AllocPush;
use model::{AllocId, Name};
use tokio::sync::oneshot;

/// Something that happened.
pub(crate) enum Message {
    /// The servers assigned, changed or removed allocations.
    Push(AllocPush),
    /// Something happened to an allocation.
    Alloc {
        /// The allocation.
        id: AllocId,
        /// What.
        event: alloc::Event,
    },
    /// Something happened to a task.
    Task {
        /// Its allocation.
        id: AllocId,
        /// The task.
        task: Name,
        /// What.
        event: task::Event,
    },
    /// A task ended.
    Exited {
        /// Its allocation.
        id: AllocId,
        /// The task.
        task: Name,
        /// Which of its runs.
        run: u32,
        /// How.
        exit: task::Exit,
    },
    /// The servers were found or lost.
    Connected(bool),
    /// Somebody wants tasks restarted.
    Restart {
        /// The allocation.
        id: AllocId,
        /// The task; none means all that run.
        task: Option<Name>,
        /// Gets the answer.
        reply: oneshot::Sender<Result<(), ControlError>>,
    },
    /// It is time to look for directories that nobody needs.
    CollectGarbage,
    /// Stop everything; the answer comes when nothing runs any more.
    Leave(oneshot::Sender<()>),
}

/// Why a task cannot be restarted or signalled.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ControlError {
    /// There is no such allocation here.
    #[error("Unknown allocation {0:?}")]
    UnknownAlloc(String),
    /// There is no such task.
    #[error("Could not find task {0:?}")]
    UnknownTask(String),
    /// No task of it runs.
    #[error("Task not running")]
    NotRunning,
    /// No such signal.
    #[error(transparent)]
    Signal(#[from] driver::signal::UnknownSignal),
    /// The driver could not do it.
    #[error("{0}")]
    Driver(String),
    /// The client is shutting down.
    #[error("the client is shutting down")]
    ShuttingDown,
}
