//! A running client, as the agent holds it.

use std::fs::File;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use driver::signal::Signal;
use driver::{ExecRequest, ExecSession, TaskError, TaskId};
use lifecycle::alloc::Event;
use lifecycle::task::STOP_MARGIN;
use model::{AllocId, Name, Nanos, Node, NodeId, RunState, TaskEventKind};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;

use crate::alloc_dir::{self, FileEntry};
use crate::engine::{ControlError, Message};
use crate::lock::Lock;
use crate::services::CheckResult;
use crate::shared::Shared;
use crate::start::{self, StartError};
use crate::stats::{self, AllocStats, HostStats};
use crate::sweep::{remove_empty_cgroup, sweep_leftovers};
use crate::{Config, Registration, ServerLink};

/// How long the servers may take for the last words of a client.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// How long directories may take to be removed when everything has ended.
const CLEANUP: Duration = Duration::from_secs(5);

/// How a client goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShutdownMode {
    /// For good: every task is stopped. An ephemeral client leaves nothing behind.
    Leave,
    /// For a while: tasks go on, and the next agent takes them over.
    Detach {
        /// When it will be back.
        back_in: Duration,
    },
}

/// A running client. Dropping it is like a crash: tasks go on and nobody is told.
pub struct Client {
    shared: Arc<Shared>,
    inbox: mpsc::Sender<Message>,
    loops: Mutex<Option<Loops>>,
}

/// What runs for a client.
pub(crate) struct Loops {
    pub(crate) tasks: JoinSet<()>,
    pub(crate) _lock: Option<Lock>,
}

impl Client {
    /// Starts a client: takes over what an earlier agent ran, and registers as soon as a server answers.
    ///
    /// # Errors
    /// A directory that cannot be used or is in use, a host that cannot be fingerprinted.
    pub async fn start(config: Config, link: Arc<dyn ServerLink>) -> Result<Self, StartError> {
        start::start(config, link).await
    }

    pub(crate) fn new(shared: Arc<Shared>, inbox: mpsc::Sender<Message>, loops: Loops) -> Self {
        Self { shared, inbox, loops: Mutex::new(Some(loops)) }
    }

    /// Returns the id of the node.
    #[must_use]
    pub fn node_id(&self) -> NodeId {
        self.shared.node().id
    }

    /// Returns the node as it was last registered.
    #[must_use]
    pub fn node(&self) -> Arc<Node> {
        self.shared.node()
    }

    /// Watches where the client stands with its servers.
    #[must_use]
    pub fn registration(&self) -> watch::Receiver<Registration> {
        self.shared.registration.subscribe()
    }

    /// Tells whether an allocation's directory is here.
    #[must_use]
    pub fn knows(&self, alloc: AllocId) -> bool {
        self.shared.seen(alloc).is_some_and(|seen| seen.has_dir)
    }

    /// Tells whether a task has not ended; `None` when there is no such task.
    #[must_use]
    pub fn is_running(&self, alloc: AllocId, task: &str) -> Option<bool> {
        let seen = self.shared.seen(alloc)?;
        let (_, state) = seen.tasks.iter().find(|(name, _)| **name == *task)?;
        Some(*state != RunState::Dead)
    }

    /// Lists a directory below an allocation's. Blocks shortly, as the next two do.
    ///
    /// # Errors
    /// `NotFound`, `PermissionDenied` for secrets, and whatever leads out of the allocation.
    pub fn list(&self, alloc: AllocId, path: &str) -> std::io::Result<Vec<FileEntry>> {
        alloc_dir::list(&self.paths(alloc)?, path)
    }

    /// Describes a file or a directory below an allocation's.
    ///
    /// # Errors
    /// As [`Client::list`].
    pub fn stat(&self, alloc: AllocId, path: &str) -> std::io::Result<FileEntry> {
        alloc_dir::stat(&self.paths(alloc)?, path)
    }

    /// Opens a file below an allocation's directory for reading.
    ///
    /// # Errors
    /// As [`Client::list`].
    pub fn open(&self, alloc: AllocId, path: &str) -> std::io::Result<File> {
        alloc_dir::open(&self.paths(alloc)?, path)
    }

    /// Returns the host's figures. Blocks shortly.
    #[must_use]
    pub fn host_stats(&self) -> HostStats {
        stats::host(&self.shared)
    }

    /// Returns an allocation's figures; `None` when it is not here.
    pub async fn alloc_stats(&self, alloc: AllocId) -> Option<AllocStats> {
        stats::alloc(&self.shared, alloc).await
    }

    /// Returns the last results of an allocation's checks, by id.
    #[must_use]
    pub fn checks(&self, alloc: AllocId) -> Vec<CheckResult> {
        self.shared.checks.of(alloc)
    }

    /// Restarts one task, or all that run.
    ///
    /// # Errors
    /// When there is no such task, or none that runs.
    pub async fn restart(&self, alloc: AllocId, task: Option<&str>) -> Result<(), ControlError> {
        let (reply, answer) = oneshot::channel();
        self.send(Message::Restart { id: alloc, task: task.map(Name::from), reply }).await?;
        answer.await.map_err(|_| ControlError::ShuttingDown)?
    }

    /// Runs a command in a running task.
    ///
    /// # Errors
    /// No such task, or it does not run; what the driver says, such as that there is no such program.
    pub async fn exec(
        &self,
        alloc: AllocId,
        task: &str,
        request: ExecRequest,
    ) -> Result<ExecSession, ControlError> {
        match self.is_running(alloc, task) {
            Some(true) => {}
            Some(false) => return Err(ControlError::NotRunning),
            None if !self.knows(alloc) => return Err(ControlError::UnknownAlloc(alloc.to_string())),
            None => return Err(ControlError::UnknownTask(task.to_owned())),
        }
        let id = TaskId { alloc: alloc.to_string(), task: task.to_owned() };
        match self.shared.drivers.exec(&id, &request).await {
            Err(TaskError::NotRunning(_)) => Err(ControlError::NotRunning),
            other => other.map_err(|error| ControlError::Driver(error.to_string())),
        }
    }

    /// Sends a signal, such as `SIGHUP`, to one task or to all that run.
    ///
    /// # Errors
    /// A bad signal; no such task, or none that runs; what the driver says.
    pub async fn signal(&self, alloc: AllocId, task: Option<&str>, signal: &str) -> Result<(), ControlError> {
        let signal: Signal = signal.parse()?;
        let seen = self.shared.seen(alloc).ok_or_else(|| ControlError::UnknownAlloc(alloc.to_string()))?;
        if let Some(task) = task
            && !seen.tasks.iter().any(|(name, _)| **name == *task)
        {
            return Err(ControlError::UnknownTask(task.to_owned()));
        }
        let wanted = |name: &str| task.is_none_or(|task| task == name);
        let running: Vec<Name> = seen
            .tasks
            .into_iter()
            .filter(|(name, state)| *state == RunState::Running && wanted(name))
            .map(|(name, _)| name)
            .collect();
        if running.is_empty() {
            return Err(ControlError::NotRunning);
        }
        for name in running {
            self.shared.drivers.signal(alloc, &name, signal).await.map_err(ControlError::Driver)?;
            let kind = TaskEventKind::Signaling {
                signal: Name::from(signal.name()),
                reason: Name::from("User requested task to be signaled"),
            };
            let event = Event::Task { task: name, event: lifecycle::task::Event::Note(kind) };
            self.send(Message::Alloc { id: alloc, event }).await?;
        }
        Ok(())
    }

    /// Ends the client. Takes until the tasks have ended when it leaves, at most their kill timeouts and some seconds.
    pub async fn shutdown(&self, mode: ShutdownMode) {
        let Some(mut loops) = self.loops.lock().unwrap_or_else(PoisonError::into_inner).take() else {
            return;
        };
        let back_in = match mode {
            ShutdownMode::Leave => {
                self.leave().await;
                Nanos::ZERO
            }
            ShutdownMode::Detach { back_in } => Nanos::from(back_in),
        };
        let last_words = async {
            let _ = self.shared.reports.flush(&*self.shared.link).await;
            let _ = self.shared.link.leaving(back_in).await;
        };
        // A server that does not listen any more finds out by itself.
        let _ = tokio::time::timeout(LAST_WORDS, last_words).await;
        let _ = self.shared.db.synced().await;
        loops.tasks.shutdown().await;
        if mode == ShutdownMode::Leave && !self.shared.is_simulated() {
            self.clean_up().await;
        }
    }

    /// Removes what nobody needs after the end: everything of an ephemeral client, of others an empty cgroup.
    async fn clean_up(&self) {
        let roots = start::roots(&self.shared.config);
        let ephemeral = self.shared.config.ephemeral;
        let swept = tokio::task::spawn_blocking(move || {
            if ephemeral {
                return sweep_leftovers(&roots);
            }
            if let Some(parent) = &roots.cgroup_parent {
                remove_empty_cgroup(parent);
            }
            Vec::new()
        });
        for left in swept.await.unwrap_or_default() {
            tracing::warn!(left, "not removed");
        }
    }

    async fn leave(&self) {
        let (reply, left) = oneshot::channel();
        if self.inbox.send(Message::Leave(reply)).await.is_err() {
            return;
        }
        let longest = self.shared.config.max_kill_timeout + STOP_MARGIN.to_duration() + CLEANUP;
        if tokio::time::timeout(longest, left).await.is_err() {
            tracing::warn!("some tasks did not end in time");
        }
    }

    async fn send(&self, message: Message) -> Result<(), ControlError> {
        self.inbox.send(message).await.map_err(|_| ControlError::ShuttingDown)
    }

    fn paths(&self, alloc: AllocId) -> std::io::Result<alloc_dir::AllocPaths> {
        let not_found =
            || std::io::Error::new(std::io::ErrorKind::NotFound, format!("unknown allocation {alloc}"));
        if !self.knows(alloc) {
            return Err(not_found());
        }
        self.shared.paths(alloc).ok_or_else(not_found)
    }
}
