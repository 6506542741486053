//! The trait that every driver implements.

use std::pin::Pin;
use std::time::Duration;

use crate::config::ConfigErrors;
use crate::{
    ConfigMap, ExecRequest, ExecSession, ExitResult, Fingerprint, RecoverError, StartError, TaskConfig,
    TaskError, TaskHandle, TaskId,
};
use crate::{TaskStats, signal::Signal};

/// A boxed future: the trait is used as `dyn Driver`.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What a task sees of the host's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FsIsolation {
    /// Everything.
    None,
    /// A root made of its task directory and parts of the host.
    Chroot,
    /// The files of an image.
    Image,
}

/// What a driver can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Whether signals can be sent to a task.
    pub send_signals: bool,
    /// Whether commands can be run inside a task.
    pub exec: bool,
    /// What a task sees of the host's files.
    pub fs_isolation: FsIsolation,
}

/// How a task is to be stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StopRequest {
    /// What the task is asked with.
    pub signal: Signal,
    /// How long it may take before all its processes are killed.
    pub timeout: Duration,
}

/// Runs tasks of one kind.
///
/// A driver holds the tasks that it started or recovered, by id, until they are destroyed. Every method may be called
/// at any time and from any task of the runtime; dropping a future abandons the call, never the task.
pub trait Driver: Send + Sync {
    /// Returns the name that job files use.
    fn name(&self) -> &'static str;

    /// Returns what the driver can do.
    fn capabilities(&self) -> Capabilities;

    /// Returns who runs a task whose job names nobody; `None` is the agent's own user.
    fn default_user(&self) -> Option<&'static str> {
        None
    }

    /// Finds out whether the driver works on this host.
    fn fingerprint(&self) -> BoxFuture<'_, Fingerprint>;

    /// Checks the `config` block of a task, without starting anything.
    ///
    /// # Errors
    /// Every mistake, each with its place.
    fn validate(&self, config: &ConfigMap) -> Result<(), ConfigErrors>;

    /// Starts a task and returns what is needed to find it again. On an error nothing of it is left. The id of a task that
    /// the driver holds is free again after [`Driver::destroy`], also when the task has ended.
    ///
    /// # Errors
    /// [`StartError::Recoverable`] if a later try may succeed.
    fn start(&self, task: TaskConfig) -> BoxFuture<'_, Result<TaskHandle, StartError>>;

    /// Takes over a task that an earlier agent started; one that has ended meanwhile counts as found, and
    /// [`Driver::wait`] then says how it ended.
    ///
    /// # Errors
    /// [`RecoverError::Lost`] if it cannot be found; nothing of it runs any more then.
    fn recover<'a>(&'a self, handle: &'a TaskHandle) -> BoxFuture<'a, Result<(), RecoverError>>;

    /// Waits for the end of a task; all its output is in the log files then. May be called again, by anybody.
    ///
    /// # Errors
    /// [`TaskError::NotFound`] for an id that the driver does not hold.
    fn wait<'a>(&'a self, id: &'a TaskId) -> BoxFuture<'a, Result<ExitResult, TaskError>>;

    /// Asks a task to stop and has all its processes killed after the timeout. Returns at once; the timeout holds even
    /// if this agent dies. A task that has ended is fine.
    ///
    /// # Errors
    /// [`TaskError::NotFound`], or why the request could not be made.
    fn stop<'a>(&'a self, id: &'a TaskId, request: StopRequest) -> BoxFuture<'a, Result<(), TaskError>>;

    /// Sends a signal to a task's first process.
    ///
    /// # Errors
    /// [`TaskError::NotRunning`] once it has ended.
    fn signal<'a>(&'a self, id: &'a TaskId, signal: Signal) -> BoxFuture<'a, Result<(), TaskError>>;

    /// Returns what a task uses.
    ///
    /// # Errors
    /// [`TaskError::NotRunning`] once it has ended.
    fn stats<'a>(&'a self, id: &'a TaskId) -> BoxFuture<'a, Result<TaskStats, TaskError>>;

    /// Runs a command in a task, with the task's user, environment, limits and view of the host. It ends with the task
    /// at the latest.
    ///
    /// # Errors
    /// [`TaskError::NotRunning`] once the task has ended, [`TaskError::Failed`] when the command cannot be run.
    fn exec<'a>(
        &'a self,
        id: &'a TaskId,
        request: ExecRequest,
    ) -> BoxFuture<'a, Result<ExecSession, TaskError>> {
        let _ = request;
        let reason = format!("driver {} cannot run commands in a task", self.name());
        Box::pin(async move { Err(TaskError::Failed { id: id.clone(), reason }) })
    }

    /// Kills a task if it still runs and forgets it, with everything that the driver kept about it. One that the driver
    /// does not hold is fine.
    ///
    /// # Errors
    /// When something could not be removed.
    fn destroy<'a>(&'a self, id: &'a TaskId) -> BoxFuture<'a, Result<(), TaskError>>;
}
