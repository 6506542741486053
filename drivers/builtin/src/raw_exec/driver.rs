//! The driver: tasks by way of executors.
//!
//! Blocking calls run on the runtime's blocking threads; at most 16 starts at a time.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use driver::config::ConfigErrors;
use driver::signal::Signal;
use driver::{
    BoxFuture, Capabilities, ConfigMap, CpuStats, Driver, ExitResult, Fingerprint, FsIsolation, MemoryStats,
    RecoverError, StartError, StopRequest, TaskConfig, TaskError, TaskHandle, TaskId, TaskStats,
};
use executor::link::{self, Attached, LaunchError, SweepReport};
use executor::{StartFailure, Usage};
use tokio::sync::Semaphore;

use super::RawExecOptions;
use super::config::Config;
use super::fingerprint::fingerprint;
use super::handle::{State, Task, chain};
use super::spec;
use crate::task_name::task_name;

const NAME: &str = "raw_exec";
const STARTS: usize = 16;

/// The `raw_exec` driver.
#[derive(Debug)]
pub struct RawExec {
    options: RawExecOptions,
    tasks: Mutex<BTreeMap<TaskId, Arc<Task>>>,
    starts: Semaphore,
}

impl RawExec {
    /// Makes a driver that holds no task yet.
    #[must_use]
    pub fn new(options: RawExecOptions) -> Self {
        Self { options, tasks: Mutex::new(BTreeMap::new()), starts: Semaphore::new(STARTS) }
    }

    /// Kills and forgets every task of an earlier agent that is not in `keep`. To be called before the first start.
    ///
    /// # Errors
    /// When the directory of the executors cannot be listed.
    pub async fn sweep(&self, keep: impl Fn(&str) -> bool + Send + 'static) -> std::io::Result<SweepReport> {
        let root = self.options.state_root.clone();
        // Names begin with the id of the allocation, whose characters are never escaped.
        let keeps = move |name: &str| name.split_once('.').is_some_and(|(alloc, _)| keep(alloc));
        tokio::task::spawn_blocking(move || link::sweep(&root, keeps)).await.map_err(std::io::Error::other)?
    }

    /// Returns a handle of a task that an earlier agent started, if its executor's state is still there: for agents
    /// that were killed before they could record one.
    #[must_use]
    pub fn find(&self, id: &TaskId) -> Option<TaskHandle> {
        let state_dir = self.state_dir(id);
        if !state_dir.is_dir() {
            return None;
        }
        TaskHandle::new(NAME, id.clone(), crate::clock::now_ns(), &State { state_dir }).ok()
    }

    fn state_dir(&self, id: &TaskId) -> PathBuf {
        self.options.state_root.join(task_name(id))
    }

    fn task(&self, id: &TaskId) -> Result<Arc<Task>, TaskError> {
        let tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.get(id).cloned().ok_or_else(|| TaskError::NotFound(id.clone()))
    }

    fn hold(&self, id: TaskId, task: Task) {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::new(task));
    }

    fn forget(&self, id: &TaskId) -> Option<Arc<Task>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).remove(id)
    }

    async fn start_task(&self, task: TaskConfig) -> Result<TaskHandle, StartError> {
        let config = Config::decode(&task.config)?;
        if !self.options.enabled {
            return Err(StartError::Fatal("driver raw_exec is disabled on this node".to_owned()));
        }
        if self.task(&task.id).is_ok() {
            return Err(StartError::Fatal(format!("task {} is already started", task.id)));
        }
        let permit =
            self.starts.acquire().await.map_err(|error| StartError::Recoverable(error.to_string()))?;
        let (options, state_dir, id) = (self.options.clone(), self.state_dir(&task.id), task.id.clone());
        let dir = state_dir.clone();
        let launched = tokio::task::spawn_blocking(move || {
            let spec = spec::of(&options, &config, &task)?;
            link::launch(&options.executor, &dir, &spec).map_err(start_error)
        });
        let executor = launched.await.map_err(|error| StartError::Recoverable(error.to_string()))??;
        drop(permit);
        let started_ns = executor.started_ns();
        let held = Task::new(id.clone(), executor)
            .map_err(|error| StartError::Recoverable(format!("cannot watch the executor: {error}")))?;
        self.hold(id.clone(), held);
        TaskHandle::new(NAME, id, started_ns, &State { state_dir })
            .map_err(|error| StartError::Fatal(error.to_string()))
    }

    async fn recover_task(&self, handle: &TaskHandle) -> Result<(), RecoverError> {
        let State { state_dir } = handle.state(NAME)?;
        let lost = |reason: String| RecoverError::Lost { id: handle.id.clone(), reason };
        let dir = state_dir.clone();
        let attached = tokio::task::spawn_blocking(move || link::attach(&dir)).await;
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

    async fn destroy_task(&self, id: &TaskId) -> Result<(), TaskError> {
        if let Some(task) = self.forget(id) {
            return task.ask(|executor| executor.destroy()).await;
        }
        // A start whose caller went away, or an earlier agent's task.
        let state_dir = self.state_dir(id);
        let destroyed = tokio::task::spawn_blocking(move || link::destroy(&state_dir)).await;
        let failed = |reason: String| TaskError::Failed { id: id.clone(), reason };
        destroyed.map_err(|error| failed(error.to_string()))?.map_err(|error| failed(chain(&error)))
    }
}

impl Driver for RawExec {
    fn name(&self) -> &'static str {
        NAME
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { send_signals: true, exec: false, fs_isolation: FsIsolation::None }
    }

    fn fingerprint(&self) -> BoxFuture<'_, Fingerprint> {
        Box::pin(async { fingerprint(NAME, &self.options) })
    }

    fn validate(&self, config: &ConfigMap) -> Result<(), ConfigErrors> {
        Config::decode(config).map(drop)
    }

    fn start(&self, task: TaskConfig) -> BoxFuture<'_, Result<TaskHandle, StartError>> {
        Box::pin(self.start_task(task))
    }

    fn recover<'a>(&'a self, handle: &'a TaskHandle) -> BoxFuture<'a, Result<(), RecoverError>> {
        Box::pin(self.recover_task(handle))
    }

    fn wait<'a>(&'a self, id: &'a TaskId) -> BoxFuture<'a, Result<ExitResult, TaskError>> {
        Box::pin(async { self.task(id)?.wait().await })
    }

    fn stop<'a>(&'a self, id: &'a TaskId, request: StopRequest) -> BoxFuture<'a, Result<(), TaskError>> {
        Box::pin(async move {
            let StopRequest { signal, timeout } = request;
            match self.task(id)?.ask(move |executor| executor.stop(signal.number(), timeout)).await {
                Err(TaskError::NotRunning(_)) => Ok(()),
                other => other,
            }
        })
    }

    fn signal<'a>(&'a self, id: &'a TaskId, signal: Signal) -> BoxFuture<'a, Result<(), TaskError>> {
        Box::pin(async move { self.task(id)?.ask(move |executor| executor.signal(signal.number())).await })
    }

    fn stats<'a>(&'a self, id: &'a TaskId) -> BoxFuture<'a, Result<TaskStats, TaskError>> {
        Box::pin(async { Ok(task_stats(self.task(id)?.ask(|executor| executor.stats()).await?)) })
    }

    fn destroy<'a>(&'a self, id: &'a TaskId) -> BoxFuture<'a, Result<(), TaskError>> {
        Box::pin(self.destroy_task(id))
    }
}

/// What is about the task itself fails again; what is about the host's moment may pass.
fn start_error(error: LaunchError) -> StartError {
    match error {
        LaunchError::Task(
            failure @ (StartFailure::ProgramNotFound(_)
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
