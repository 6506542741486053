//! The driver: a map of plans.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use driver::config::ConfigErrors;
use driver::signal::Signal;
use driver::{
    BoxFuture, Capabilities, ConfigMap, Driver, ExitResult, Fingerprint, FsIsolation, RecoverError,
    StartError, StopRequest, TaskConfig, TaskError, TaskHandle, TaskId, TaskStats,
};
use tokio::time::Instant;

use super::config::Config;
use super::fingerprint::fingerprint;
use super::handle::{State, Task};
use super::output;
use crate::clock::now_ns;

const NAME: &str = "mock_driver";

/// Configuration of the driver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MockOptions {
    /// What it claims about isolation.
    pub fs_isolation: FsIsolation,
    /// Whether it is unhealthy at first, for `shutdown_periodic_duration`.
    pub shutdown_periodic_after: bool,
    /// How long.
    pub shutdown_periodic_duration: Duration,
}

impl Default for MockOptions {
    fn default() -> Self {
        Self {
            fs_isolation: FsIsolation::None,
            shutdown_periodic_after: false,
            shutdown_periodic_duration: Duration::ZERO,
        }
    }
}

/// The `mock_driver`.
#[derive(Debug)]
pub struct Mock {
    options: MockOptions,
    created: Instant,
    tasks: Mutex<BTreeMap<TaskId, Arc<Task>>>,
}

impl Mock {
    /// Makes a driver that holds no task yet.
    #[must_use]
    pub fn new(options: MockOptions) -> Self {
        Self { options, created: Instant::now(), tasks: Mutex::new(BTreeMap::new()) }
    }

    fn task(&self, id: &TaskId) -> Result<Arc<Task>, TaskError> {
        let tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.get(id).cloned().ok_or_else(|| TaskError::NotFound(id.clone()))
    }

    fn hold(&self, id: TaskId, task: Task) {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::new(task));
    }

    async fn start_task(&self, task: TaskConfig) -> Result<TaskHandle, StartError> {
        let config = Config::decode(&task.config)?;
        if !config.start_block_for.is_zero() {
            tokio::time::sleep(config.start_block_for).await;
        }
        match config.start_error.clone() {
            Some(message) if config.start_error_recoverable => return Err(StartError::Recoverable(message)),
            Some(message) => return Err(StartError::Fatal(message)),
            None => {}
        }
        let printer = output::start(&config.command, &task)
            .map_err(|error| StartError::Recoverable(format!("cannot write log files: {error}")))?;
        let resources = &task.resources;
        let state = State { config, cpu_mhz: resources.cpu_mhz, memory_mb: resources.memory_mb };
        let (id, started_ns) = (task.id, now_ns());
        let handle = TaskHandle::new(NAME, id.clone(), started_ns, &state)
            .map_err(|error| StartError::Fatal(error.to_string()))?;
        let mut held = Task::new(id.clone(), state, started_ns);
        if let Some(printer) = printer {
            held.set_printer(tokio::spawn(printer).abort_handle());
        }
        self.hold(id, held);
        Ok(handle)
    }
}

impl Driver for Mock {
    fn name(&self) -> &'static str {
        NAME
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { send_signals: true, exec: false, fs_isolation: self.options.fs_isolation }
    }

    fn fingerprint(&self) -> BoxFuture<'_, Fingerprint> {
        Box::pin(async { fingerprint(NAME, &self.options, self.created.elapsed()) })
    }

    fn validate(&self, config: &ConfigMap) -> Result<(), ConfigErrors> {
        Config::decode(config).map(drop)
    }

    fn start(&self, task: TaskConfig) -> BoxFuture<'_, Result<TaskHandle, StartError>> {
        Box::pin(self.start_task(task))
    }

    fn recover<'a>(&'a self, handle: &'a TaskHandle) -> BoxFuture<'a, Result<(), RecoverError>> {
        Box::pin(async {
            let state: State = handle.state(NAME)?;
            self.hold(handle.id.clone(), Task::new(handle.id.clone(), state, handle.started_ns));
            Ok(())
        })
    }

    fn wait<'a>(&'a self, id: &'a TaskId) -> BoxFuture<'a, Result<ExitResult, TaskError>> {
        Box::pin(async { Ok(self.task(id)?.wait().await) })
    }

    fn stop<'a>(&'a self, id: &'a TaskId, request: StopRequest) -> BoxFuture<'a, Result<(), TaskError>> {
        Box::pin(async move {
            self.task(id)?.stop(request.timeout);
            Ok(())
        })
    }

    fn signal<'a>(&'a self, id: &'a TaskId, signal: Signal) -> BoxFuture<'a, Result<(), TaskError>> {
        Box::pin(async move { self.task(id)?.signal(signal.number()) })
    }

    fn stats<'a>(&'a self, id: &'a TaskId) -> BoxFuture<'a, Result<TaskStats, TaskError>> {
        Box::pin(async { self.task(id)?.stats() })
    }

    fn destroy<'a>(&'a self, id: &'a TaskId) -> BoxFuture<'a, Result<(), TaskError>> {
        Box::pin(async {
            self.tasks.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
            Ok(())
        })
    }
}
