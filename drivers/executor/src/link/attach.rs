//! Finding an executor again, and learning how its task ended.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sandbox::pidfd::{self, PidFd};

use super::{LinkError, RunningCommand, command, leftovers, request};
use crate::protocol::{Command, Request, Response};
use crate::state_file::{self, Phase, ProcessId, State, TaskExit};
use crate::usage::Usage;

/// What was found in a state directory.
#[derive(Debug)]
pub enum Attached {
    /// The executor lives.
    Running(Executor),
    /// The task has ended and its end is recorded.
    Ended {
        /// The executor that recorded it.
        executor: Executor,
        /// How it ended.
        exit: TaskExit,
    },
    /// The executor was killed, or the host was rebooted: what was left of the task has been killed.
    Lost,
}

/// How a task ended, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The recorded end.
    Ended(TaskExit),
    /// The executor was killed before it could record one; what was left of the task has been killed.
    Lost,
}

/// A held executor. Its descriptor becomes readable when it has ended; then ask for the [`Executor::outcome`].
#[derive(Debug)]
pub struct Executor {
    state_dir: PathBuf,
    /// `None` when it had ended before it could be held.
    pidfd: Option<PidFd>,
    task: Option<ProcessId>,
    started_ns: u64,
}

/// Looks into `state_dir` after a restart of the agent.
///
/// # Errors
/// A state file that is missing or unreadable.
pub fn attach(state_dir: &Path) -> Result<Attached, LinkError> {
    let state = state_file::read(state_dir)?;
    if let Phase::Ended { exit, .. } = state.phase {
        return Ok(Attached::Ended { executor: Executor::ended(state_dir, &state), exit });
    }
    match Executor::open(state_dir, &state) {
        Ok(executor) => Ok(Attached::Running(executor)),
        Err(LinkError::Ended) => Ok(match outcome(state_dir)? {
            Outcome::Ended(exit) => Attached::Ended { executor: Executor::ended(state_dir, &state), exit },
            Outcome::Lost => Attached::Lost,
        }),
        Err(error) => Err(error),
    }
}

impl Executor {
    /// Holds the executor that `state` names.
    pub(super) fn open(state_dir: &Path, state: &State) -> Result<Self, LinkError> {
        if state.boot_id != pidfd::boot_id().map_err(LinkError::Process)? {
            return Err(LinkError::Ended);
        }
        let ProcessId { pid, start_ticks } = state.executor;
        let pidfd = match PidFd::open_exact(pid, start_ticks) {
            Ok(pidfd) => Some(pidfd),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(LinkError::Ended),
            Err(error) => return Err(LinkError::Process(error)),
        };
        Ok(Self { pidfd, ..Self::ended(state_dir, state) })
    }

    /// An executor that is gone already.
    pub(super) fn ended(state_dir: &Path, state: &State) -> Self {
        let (task, started_ns) = match state.phase {
            Phase::Running { task, started_ns } | Phase::Ended { task, started_ns, .. } => {
                (Some(task), started_ns)
            }
            Phase::Starting => (None, 0),
        };
        Self { state_dir: state_dir.to_path_buf(), pidfd: None, task, started_ns }
    }

    /// Returns the descriptor to wait on; `None` when the executor has ended already.
    #[must_use]
    pub fn fd(&self) -> Option<BorrowedFd<'_>> {
        self.pidfd.as_ref().map(AsFd::as_fd)
    }

    /// Returns the directory with the executor's state.
    #[must_use]
    pub fn state_dir(&self) -> &Path {
        &self.state_dir
    }

    /// Returns the pid of the executor, while it is held.
    #[must_use]
    pub fn pid(&self) -> Option<i32> {
        self.pidfd.as_ref().map(PidFd::pid)
    }

    /// Returns the task's first process.
    #[must_use]
    pub fn task(&self) -> Option<ProcessId> {
        self.task
    }

    /// Returns when the task was started, in nanoseconds since the epoch.
    #[must_use]
    pub fn started_ns(&self) -> u64 {
        self.started_ns
    }

    /// Waits, at most `timeout`, for the end of the task; returns whether it has come.
    ///
    /// # Errors
    /// When the executor's process cannot be watched.
    pub fn wait_ended(&self, timeout: Duration) -> Result<bool, LinkError> {
        match &self.pidfd {
            Some(pidfd) => pidfd.wait_ended(timeout).map_err(LinkError::Process),
            None => Ok(true),
        }
    }

    /// Returns how the task ended. To be asked once the descriptor is readable.
    ///
    /// # Errors
    /// A state file that is missing or unreadable.
    pub fn outcome(&self) -> Result<Outcome, LinkError> {
        if let Some(pidfd) = &self.pidfd {
            // Only our own child can be collected; another agent's is collected by init.
            let _ = pidfd.reap();
        }
        outcome(&self.state_dir)
    }

    /// Kills what still lives of executor and task, and removes the state directory.
    ///
    /// # Errors
    /// When the directory cannot be removed.
    pub fn destroy(&self) -> Result<(), LinkError> {
        let destroyed = leftovers::destroy(&self.state_dir);
        if let Some(pidfd) = &self.pidfd {
            // One that had ended by itself still waits to be collected.
            let _ = pidfd.reap();
        }
        destroyed
    }

    /// Asks for the executor's state.
    ///
    /// # Errors
    /// [`LinkError::Ended`] once the task is over.
    pub fn status(&self) -> Result<State, LinkError> {
        match self.ask(&Request::Status)? {
            Response::Status(state) => Ok(state),
            other => Err(unexpected(&other)),
        }
    }

    /// Asks what the task uses.
    ///
    /// # Errors
    /// [`LinkError::Ended`] once the task is over.
    pub fn stats(&self) -> Result<Usage, LinkError> {
        match self.ask(&Request::Stats)? {
            Response::Stats(usage) => Ok(usage),
            other => Err(unexpected(&other)),
        }
    }

    /// Sends a signal to the task's first process.
    ///
    /// # Errors
    /// [`LinkError::Ended`] once the task is over, [`LinkError::Refused`] for a number that is no signal.
    pub fn signal(&self, number: i32) -> Result<(), LinkError> {
        self.command(&Request::Signal(number))
    }

    /// Sends `signal`, and has everything killed after `timeout`, even if this agent is gone by then.
    ///
    /// # Errors
    /// [`LinkError::Ended`] once the task is over.
    pub fn stop(&self, signal: i32, timeout: Duration) -> Result<(), LinkError> {
        let timeout_ms = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
        self.command(&Request::Stop { signal, timeout_ms })
    }

    /// Starts a command in the task; its standard streams go to the executor.
    ///
    /// # Errors
    /// [`LinkError::Ended`] once the task is over, [`LinkError::Refused`] with what failed.
    pub fn run(&self, command: Command, streams: [OwnedFd; 3]) -> Result<RunningCommand, LinkError> {
        if self.wait_ended(Duration::ZERO)? {
            return Err(LinkError::Ended);
        }
        command::start(&self.state_dir, command, streams)
    }

    fn command(&self, request: &Request) -> Result<(), LinkError> {
        match self.ask(request)? {
            Response::Done => Ok(()),
            other => Err(unexpected(&other)),
        }
    }

    fn ask(&self, request: &Request) -> Result<Response, LinkError> {
        if self.wait_ended(Duration::ZERO)? {
            return Err(LinkError::Ended);
        }
        match request::ask(&self.state_dir, request) {
            // It may have ended between the look and the question.
            Err(_) if self.wait_ended(Duration::from_millis(100))? => Err(LinkError::Ended),
            Ok(Response::Refused(reason)) => Err(LinkError::Refused(reason)),
            other => Ok(other?),
        }
    }
}

fn outcome(state_dir: &Path) -> Result<Outcome, LinkError> {
    let state = state_file::read(state_dir)?;
    if let Phase::Ended { exit, .. } = state.phase {
        return Ok(Outcome::Ended(exit));
    }
    leftovers::kill(&state);
    Ok(Outcome::Lost)
}

fn unexpected(response: &Response) -> LinkError {
    LinkError::Refused(format!("unexpected answer {response:?}"))
}
