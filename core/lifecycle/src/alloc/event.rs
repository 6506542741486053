//! What happens to an allocation, and what to do for it.

use std::sync::Arc;

use model::{AllocUpdate, Job, Name, NetworkStatus, Timestamp};

use crate::offer::Offer;
use crate::task;

/// What happens to an allocation.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// [`Action::Prepare`] is done.
    Prepared {
        /// Its network, if it has one of its own.
        network: Option<NetworkStatus>,
    },
    /// [`Action::Prepare`] failed: nothing of it was started.
    PrepareFailed {
        /// Why.
        message: Name,
    },
    /// Something happened to a task.
    Task {
        /// The task.
        task: Name,
        /// What.
        event: task::Event,
    },
    /// The server wants it to stop.
    Stop {
        /// Leaves shutdown delays out.
        no_shutdown_delay: bool,
    },
    /// The server updated it in place to another version of the job.
    Update {
        /// That version.
        job: Arc<Job>,
        /// Whether a deployment waits for its health.
        in_deployment: bool,
        /// What it offers from now on.
        offers: Vec<Offer>,
    },
    /// A check was made.
    Checked {
        /// Its id.
        check: Name,
        /// Whether it passed.
        passing: bool,
    },
    /// Somebody asks for a restart of one task, or of all that run.
    Restart {
        /// The task; none means all.
        task: Option<Name>,
        /// Why.
        reason: Name,
    },
    /// The client lost its servers (`true`), or found them again.
    Disconnected(bool),
    /// The servers have forgotten it: it is to be stopped and removed.
    Forget,
    /// Time has passed: the moment of the last [`Action::WakeAt`] is there.
    Tick,
}

/// What to do for an allocation, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Make its directory and network, once what it replaces has ended; then [`Event::Prepared`] or
    /// `PrepareFailed`.
    Prepare,
    /// Do this for a task.
    Task {
        /// The task.
        task: Name,
        /// What.
        action: task::Action,
    },
    /// Run exactly these checks from now on; each result is an [`Event::Checked`].
    RunChecks(Vec<Name>),
    /// Tell the servers, and record it for the next agent.
    Report(Box<AllocUpdate>),
    /// Every task is dead: undo what [`Action::Prepare`] did, but keep the directory.
    Cleanup,
    /// Delete its directory and forget it; the last action there is.
    Remove,
    /// Send [`Event::Tick`] at this time; it replaces the last wish.
    WakeAt(Timestamp),
}
