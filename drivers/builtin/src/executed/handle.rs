//! What finds a task again by its executor, and a task that is held.

use std::path::PathBuf;
use std::sync::Arc;

use driver::{ExitResult, TaskError, TaskId};
use executor::link::{Executor, LinkError, Outcome};
use executor::{TaskExit, chain};
use sandbox::watch::Watch;
use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;

/// The driver's part of a handle: the executor's state file has everything else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    pub(super) state_dir: PathBuf,
}

/// A task whose executor is held.
#[derive(Debug)]
pub(super) struct Task {
    id: TaskId,
    executor: Arc<Executor>,
    /// `None` when the executor had ended from the start.
    watch: Option<Watch>,
    exit: OnceCell<ExitResult>,
}

impl Task {
    /// Holds an executor. Must be called within a runtime.
    ///
    /// # Errors
    /// When the runtime cannot watch its descriptor.
    pub(super) fn new(id: TaskId, executor: Executor) -> std::io::Result<Self> {
        let watch = executor.fd().map(Watch::new).transpose()?;
        Ok(Self { id, executor: Arc::new(executor), watch, exit: OnceCell::new() })
    }

    /// A task that had ended before anybody held it.
    pub(super) fn new_ended(id: TaskId, executor: Executor, exit: TaskExit) -> Self {
        let exit = OnceCell::new_with(Some(exit_result(Outcome::Ended(exit))));
        Self { id, executor: Arc::new(executor), watch: None, exit }
    }

    /// Returns which task it is.
    pub(super) fn id(&self) -> &TaskId {
        &self.id
    }

    /// Waits for the end of the task.
    pub(super) async fn wait(&self) -> Result<ExitResult, TaskError> {
        let exit = self.exit.get_or_try_init(|| async {
            if let Some(watch) = &self.watch {
                watch.ended().await.map_err(|error| self.failed(&error))?;
            }
            let outcome = self.ask(|executor| executor.outcome()).await?;
            Ok::<_, TaskError>(exit_result(outcome))
        });
        exit.await.cloned()
    }

    /// Runs a blocking question to the executor on a thread for such.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Executor) -> Result<T, LinkError> + Send + 'static,
    ) -> Result<T, TaskError> {
        let executor = Arc::clone(&self.executor);
        let answer = tokio::task::spawn_blocking(move || question(&executor)).await;
        match answer {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(LinkError::Ended)) => Err(TaskError::NotRunning(self.id.clone())),
            Ok(Err(error)) => Err(self.failed(&error)),
            Err(error) => Err(self.failed(&error)),
        }
    }

    /// Returns an error about this task, with its causes.
    pub(super) fn failed(&self, error: &dyn std::error::Error) -> TaskError {
        TaskError::Failed { id: self.id.clone(), reason: chain(error) }
    }
}

fn exit_result(outcome: Outcome) -> ExitResult {
    match outcome {
        Outcome::Ended(exit) => ExitResult {
            exit_code: exit.code,
            signal: exit.signal,
            oom_killed: exit.oom_killed,
            err: None,
            finished_ns: exit.finished_ns,
        },
        Outcome::Lost => ExitResult {
            err: Some("the executor was killed before it could record how the task ended".to_owned()),
            finished_ns: crate::clock::now_ns(),
            ..ExitResult::default()
        },
    }
}
