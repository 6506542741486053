//! The driver: tasks by way of executors. Also that of other kinds of programs in the same world.

use std::collections::BTreeMap;

use driver::config::ConfigErrors;
use driver::signal::Signal;
use driver::{
    BoxFuture, Capabilities, ConfigMap, Driver, ExecRequest, ExecSession, ExitResult, Fingerprint,
    FsIsolation, RecoverError, StartError, StopRequest, TaskConfig, TaskError, TaskHandle, TaskId, TaskStats,
};

use super::ExecOptions;
use super::config::Config;
use super::fingerprint::fingerprint;
use super::{command, rights, spec};
use crate::executed::Tasks;

/// A kind of program that runs in the world of `exec`.
#[derive(Debug)]
pub(crate) struct Kind {
    /// Name of the driver.
    pub(crate) name: &'static str,
    /// Checks a job's block, and says what it runs.
    pub(crate) decode: fn(&ConfigMap) -> Result<Config, ConfigErrors>,
    /// Says whether such programs can be run here.
    pub(crate) fingerprint: fn() -> BoxFuture<'static, Fingerprint>,
}

const EXEC: Kind =
    Kind { name: "exec", decode: Config::decode, fingerprint: || Box::pin(async { fingerprint(EXEC.name) }) };

/// The `exec` driver, and every driver that differs from it only in what it runs.
#[derive(Debug)]
pub struct Exec {
    kind: Kind,
    options: ExecOptions,
    tasks: Tasks,
}

impl Exec {
    /// Makes a driver that holds no task yet.
    #[must_use]
    pub fn new(options: ExecOptions) -> Self {
        Self::of_kind(EXEC, options)
    }

    /// Makes a driver for another kind of program.
    pub(crate) fn of_kind(kind: Kind, options: ExecOptions) -> Self {
        let tasks = Tasks::new(kind.name, options.executor.clone(), options.state_root.clone());
        Self { kind, options, tasks }
    }

    /// Returns a handle of a task that an earlier agent started, if its executor's state is still there: for agents
    /// that were killed before they could record one.
    #[must_use]
    pub fn find(&self, id: &TaskId) -> Option<TaskHandle> {
        self.tasks.find(id)
    }

    async fn start_task(&self, task: TaskConfig) -> Result<TaskHandle, StartError> {
        let config = (self.kind.decode)(&task.config)?;
        let options = self.options.clone();
        self.tasks.start(task, move |task| spec::of(&options, &config, task)).await
    }
}

impl Driver for Exec {
    fn name(&self) -> &'static str {
        self.kind.name
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { send_signals: true, exec: true, fs_isolation: FsIsolation::Chroot }
    }

    fn default_user(&self) -> Option<&'static str> {
        Some(rights::DEFAULT_USER)
    }

    fn fingerprint(&self) -> BoxFuture<'_, Fingerprint> {
        (self.kind.fingerprint)()
    }

    fn validate(&self, config: &ConfigMap) -> Result<(), ConfigErrors> {
        (self.kind.decode)(config).map(drop)
    }

    fn start(&self, task: TaskConfig) -> BoxFuture<'_, Result<TaskHandle, StartError>> {
        Box::pin(self.start_task(task))
    }

    fn recover<'a>(&'a self, handle: &'a TaskHandle) -> BoxFuture<'a, Result<(), RecoverError>> {
        Box::pin(self.tasks.recover(handle))
    }

    fn wait<'a>(&'a self, id: &'a TaskId) -> BoxFuture<'a, Result<ExitResult, TaskError>> {
        Box::pin(self.tasks.wait(id))
    }

    fn stop<'a>(&'a self, id: &'a TaskId, request: StopRequest) -> BoxFuture<'a, Result<(), TaskError>> {
        Box::pin(self.tasks.stop(id, request))
    }

    fn signal<'a>(&'a self, id: &'a TaskId, signal: Signal) -> BoxFuture<'a, Result<(), TaskError>> {
        Box::pin(self.tasks.signal(id, signal))
    }

    fn exec<'a>(
        &'a self,
        id: &'a TaskId,
        request: ExecRequest,
    ) -> BoxFuture<'a, Result<ExecSession, TaskError>> {
        Box::pin(self.tasks.exec(id, request, |program| command::candidates(program, &BTreeMap::new())))
    }

    fn stats<'a>(&'a self, id: &'a TaskId) -> BoxFuture<'a, Result<TaskStats, TaskError>> {
        Box::pin(self.tasks.stats(id))
    }

    fn destroy<'a>(&'a self, id: &'a TaskId) -> BoxFuture<'a, Result<(), TaskError>> {
        Box::pin(self.tasks.destroy(id))
    }
}
