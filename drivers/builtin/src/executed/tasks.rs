//! The tasks that a driver holds, each under its executor.
//!
//! Blocking calls run on the runtime's blocking threads; at most 16 starts at a time.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use driver::signal::Signal;
use driver::{
    CpuStats, ExecRequest, ExecSession, ExitResult, MemoryStats, RecoverError, StartError, StopRequest,
    TaskConfig, TaskError, TaskHandle, TaskId, TaskStats,
};
use executor::link::{self, Attached, LaunchError, Program, SweepReport};
use executor::{LaunchSpec, LogSpec, StartFailure, Usage, chain};
use tokio::sync::Semaphore;

use super::command;
use super::handle::{State, Task};
use crate::task_name::task_name;

const STARTS: usize = 16;

/// Tasks by id, and where executors keep their state.
#[derive(Debug)]
pub(crate) struct Tasks {
    driver: &'static str,
    executor: Program,
    state_root: PathBuf,
    held: Mutex<BTreeMap<TaskId, Arc<Task>>>,
    starts: Semaphore,
}

impl Tasks {
    /// Holds no task yet. `state_root` may be shared with other drivers: tasks differ by name.
    pub(crate) fn new(driver: &'static str, executor: Program, state_root: PathBuf) -> Self {
        let (held, starts) = (Mutex::new(BTreeMap::new()), Semaphore::new(STARTS));
        Self { driver, executor, state_root, held, starts }
    }

    /// Kills and forgets every task of an earlier agent that is not in `keep`, whichever driver's.
    pub(crate) async fn sweep(
        &self,
        keep: impl Fn(&str) -> bool + Send + 'static,
    ) -> std::io::Result<SweepReport> {
        let root = self.state_root.clone();
        // Names begin with the id of the allocation, whose characters are never escaped.
        let keeps = move |name: &str| name.split_once('.').is_some_and(|(alloc, _)| keep(alloc));
        tokio::task::spawn_blocking(move || link::sweep(&root, keeps)).await.map_err(std::io::Error::other)?
    }

    /// Returns a handle of a task whose executor's state is still there.
    pub(crate) fn find(&self, id: &TaskId) -> Option<TaskHandle> {
        let state_dir = self.state_dir(id);
        if !state_dir.is_dir() {
            return None;
        }
        TaskHandle::new(self.driver, id.clone(), crate::clock::now_ns(), &State { state_dir }).ok()
    }

    /// Launches what `spec` makes of a task, and holds it.
    pub(crate) async fn start(
        &self,
        task: TaskConfig,
        spec: impl FnOnce(&TaskConfig) -> Result<LaunchSpec, StartError> + Send + 'static,
    ) -> Result<TaskHandle, StartError> {
        if self.get(&task.id).is_ok() {
            return Err(StartError::Fatal(format!("task {} is already started", task.id)));
        }
        let permit =
            self.starts.acquire().await.map_err(|error| StartError::Recoverable(error.to_string()))?;
        let (program, state_dir, id) = (self.executor.clone(), self.state_dir(&task.id), task.id.clone());
        let dir = state_dir.clone();
        let launched = tokio::task::spawn_blocking(move || {
            link::launch(&program, &dir, &spec(&task)?).map_err(start_error)
        });
        let executor = launched.await.map_err(|error| StartError::Recoverable(error.to_string()))??;
        drop(permit);
        let started_ns = executor.started_ns();
        let held = Task::new(id.clone(), executor)
            .map_err(|error| StartError::Recoverable(format!("cannot watch the executor: {error}")))?;
        self.hold(id.clone(), held);
        TaskHandle::new(self.driver, id, started_ns, &State { state_dir })
            .map_err(|error| StartError::Fatal(error.to_string()))
    }

    /// Takes over the task of a handle.
    pub(crate) async fn recover(&self, handle: &TaskHandle) -> Result<(), RecoverError> {
        let State { state_dir } = handle.state(self.driver)?;
        let lost = |reason: String| RecoverError::Lost { id: handle.id.clone(), reason };
        let attached = tokio::task::spawn_blocking(move || link::attach(&state_dir)).await;
        match attached.map_err(|error| lost(error.to_string()))? {
            Ok(Attached::Running(executor)) => {
                let task = Task::new(handle.id.clone(), executor).map_err(|error| lost(chain(&error)))?;
                self.hold(handle.id.clone(), task);
                Ok(())
            }
            Ok(Attached::Ended { executor, exit }) => {
                self.hold(handle.id.clone(), Task::new_ended(handle.id.clone(), executor, exit));
                Ok(())
            }
            Ok(Attached::Lost) => Err(lost("its executor is gone and recorded no end".to_owned())),
            Err(error) => Err(lost(chain(&error))),
        }
    }

    /// Waits for the end of a task.
    pub(crate) async fn wait(&self, id: &TaskId) -> Result<ExitResult, TaskError> {
        self.get(id)?.wait().await
    }

    /// Asks a task to stop; one that has ended is fine.
    pub(crate) async fn stop(&self, id: &TaskId, request: StopRequest) -> Result<(), TaskError> {
        let StopRequest { signal, timeout } = request;
        match self.get(id)?.ask(move |executor| executor.stop(signal.number(), timeout)).await {
            Err(TaskError::NotRunning(_)) => Ok(()),
            other => other,
        }
    }

    /// Sends a signal to a task.
    pub(crate) async fn signal(&self, id: &TaskId, signal: Signal) -> Result<(), TaskError> {
        self.get(id)?.ask(move |executor| executor.signal(signal.number())).await
    }

    /// Runs a command in a task; `candidates` are the places of its program, by its name.
    pub(crate) async fn exec(
        &self,
        id: &TaskId,
        request: ExecRequest,
        candidates: impl FnOnce(&str) -> Vec<String>,
    ) -> Result<ExecSession, TaskError> {
        let task = self.get(id)?;
        let Some(program) = request.command.first().filter(|program| !program.is_empty()) else {
            return Err(TaskError::Failed { id: id.clone(), reason: "no command to run".to_owned() });
        };
        let candidates = candidates(program);
        command::start(&task, request, candidates).await
    }

    /// Returns what a task uses.
    pub(crate) async fn stats(&self, id: &TaskId) -> Result<TaskStats, TaskError> {
        Ok(task_stats(self.get(id)?.ask(|executor| executor.stats()).await?))
    }

    /// Kills and forgets a task; one that is not held is fine.
    pub(crate) async fn destroy(&self, id: &TaskId) -> Result<(), TaskError> {
        let forgotten = self.held.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
        if let Some(task) = forgotten {
            return task.ask(|executor| executor.destroy()).await;
        }
        // A start whose caller went away, or an earlier agent's task.
        let state_dir = self.state_dir(id);
        let destroyed = tokio::task::spawn_blocking(move || link::destroy(&state_dir)).await;
        let failed = |reason: String| TaskError::Failed { id: id.clone(), reason };
        destroyed.map_err(|error| failed(error.to_string()))?.map_err(|error| failed(chain(&error)))
    }

    fn state_dir(&self, id: &TaskId) -> PathBuf {
        self.state_root.join(task_name(id))
    }

    fn get(&self, id: &TaskId) -> Result<Arc<Task>, TaskError> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.get(id).cloned().ok_or_else(|| TaskError::NotFound(id.clone()))
    }

    fn hold(&self, id: TaskId, task: Task) {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::new(task));
    }
}

/// Returns where the output of a task goes; `None` discards it.
pub(crate) fn logs(task: &TaskConfig) -> Option<LogSpec> {
    (!task.logs.disabled).then(|| LogSpec {
        dir: text(&task.logs.dir),
        stdout: format!("{}.stdout", task.id.task),
        stderr: format!("{}.stderr", task.id.task),
        max_files: task.logs.max_files,
        max_bytes: task.logs.max_bytes(),
    })
}

/// Returns a path as the executor takes it.
pub(crate) fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// What is about the task itself fails again; what is about the host's moment may pass.
fn start_error(error: LaunchError) -> StartError {
    match error {
        LaunchError::Task(
            failure @ (StartFailure::ProgramNotFound(_)
            | StartFailure::CommandNotFound { .. }
            | StartFailure::NotPermitted { .. }
            | StartFailure::DirectoryNotFound(_)),
        ) => StartError::Fatal(failure.to_string()),
        other => StartError::Recoverable(chain(&other)),
    }
}

fn task_stats(usage: Usage) -> TaskStats {
    let stats = usage.stats;
    TaskStats {
        cpu: CpuStats {
            total_ns: stats.cpu_ns,
            user_ns: stats.cpu_user_ns,
            system_ns: stats.cpu_system_ns,
            throttled_periods: stats.throttled_periods,
            throttled_ns: stats.throttled_ns,
        },
        memory: MemoryStats {
            usage: stats.memory_usage,
            max_usage: stats.memory_max_usage,
            rss: stats.rss,
            cache: stats.cache,
            swap: stats.swap,
            kernel: stats.kernel,
        },
        pids: stats.pids,
        at_ns: usage.at_ns,
    }
}
