//! The driver: tasks by way of executors.
//!
//! Blocking calls run on the runtime's blocking threads; at most 16 starts at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use driver::config::ConfigErrors;
use driver::signal::Signal;
use driver::{
    BoxFuture, Capabilities, ConfigMap, CpuStats, Driver, ExitResult, Fingerprint, FsIsolation, MemoryStats,
    RecoverError, StartError, StopRequest, TaskConfig, TaskError, TaskHandle, TaskId, TaskStats,
};
use executor::link::{self, Attached, LaunchError, SweepReport};
use executor::{CgroupPlan, LaunchSpec, LogSpec, StartFailure, Usage};
use sandbox::cgroup::{Hierarchies, Limits};
use sandbox::spawn::Identity;
use tokio::sync::Semaphore;

use super::RawExecOptions;
use super::command;
use super::config::{CgroupOverride, Config};
use super::denied::{self, IdRanges};
use super::fingerprint::fingerprint;
use super::handle::{State, Task, chain};
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
    pub async fn sweep(&self, keep: &BTreeSet<TaskId>) -> std::io::Result<SweepReport> {
        let names: BTreeSet<String> = keep.iter().map(task_name).collect();
        let root = self.options.state_root.clone();
        tokio::task::spawn_blocking(move || link::sweep(&root, |name| names.contains(name)))
            .await
            .map_err(std::io::Error::other)?
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
            let spec = launch_spec(&options, &config, &task)?;
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

fn launch_spec(
    options: &RawExecOptions,
    config: &Config,
    task: &TaskConfig,
) -> Result<LaunchSpec, StartError> {
    let program =
        command::resolve(&config.command, task).map_err(|error| StartError::Fatal(error.to_string()))?;
    let patterns: Vec<&String> = options.denied_envvars.iter().chain(&config.denied_envvars).collect();
    let allowed = |name: &str| !patterns.iter().any(|pattern| denied::matches(pattern, name));
    let logs = (!task.logs.disabled).then(|| LogSpec {
        dir: text(&task.logs.dir),
        stdout: format!("{}.stdout", task.id.task),
        stderr: format!("{}.stderr", task.id.task),
        max_files: task.logs.max_files,
        max_bytes: task.logs.max_bytes(),
    });
    Ok(LaunchSpec {
        program: text(&program),
        args: config.args.clone(),
        env: task.env.iter().filter(|(k, _)| allowed(k)).map(|(k, v)| (k.clone(), v.clone())).collect(),
        cwd: text(config.work_dir.as_deref().unwrap_or(&task.dirs.task)),
        identity: identity(options, task.user.as_deref())?,
        oom_score_adj: config.oom_score_adj,
        cgroup: cgroup(config, task)?,
        logs,
    })
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn identity(options: &RawExecOptions, user: Option<&str>) -> Result<Option<Identity>, StartError> {
    let fatal = |message: String| StartError::Fatal(message);
    let ranges = |name: &str, text: &str| {
        IdRanges::parse(text).ok_or_else(|| fatal(format!("{name} {text:?} is not a list of ids and ranges")))
    };
    let uids = ranges("denied_host_uids", &options.denied_host_uids)?;
    let gids = ranges("denied_host_gids", &options.denied_host_gids)?;
    let user = user.filter(|user| !user.is_empty());
    // Without a user the task runs as the agent, to which the same rules apply.
    let wanted = match user {
        Some(user) => sandbox::user::lookup(user).map_err(|error| fatal(chain(&error)))?,
        None => sandbox::user::current(),
    };
    if uids.contains(wanted.uid) {
        return Err(fatal(format!("running as user id {} is denied on this node", wanted.uid)));
    }
    if let Some(gid) = wanted.groups.iter().chain([&wanted.gid]).find(|gid| gids.contains(**gid)) {
        return Err(fatal(format!("running with group id {gid} is denied on this node")));
    }
    Ok(user.map(|_| wanted))
}

fn cgroup(config: &Config, task: &TaskConfig) -> Result<CgroupPlan, StartError> {
    let mounted = || Hierarchies::detect().map_err(|error| StartError::Fatal(chain(&error)));
    match &config.cgroup {
        CgroupOverride::V2(path) => match mounted()?.directory(None, path) {
            Some(dir) => Ok(CgroupPlan::Join { dirs: vec![text(&dir)] }),
            None => {
                Err(StartError::Fatal("cgroup_v2_override: this node has no unified hierarchy".to_owned()))
            }
        },
        CgroupOverride::V1(paths) => {
            let mounted = mounted()?;
            let dir = |(controller, path): (&String, &String)| match mounted.directory(Some(controller), path)
            {
                Some(dir) => Ok(text(&dir)),
                None => Err(StartError::Fatal(format!(
                    "cgroup_v1_override: this node has no controller {controller:?}"
                ))),
            };
            Ok(CgroupPlan::Join { dirs: paths.iter().map(dir).collect::<Result<_, _>>()? })
        }
        CgroupOverride::None => Ok(match &task.cgroup_parent {
            Some(parent) => {
                CgroupPlan::Own { name: format!("{parent}/{}", task_name(&task.id)), limits: limits(task) }
            }
            None => CgroupPlan::None,
        }),
    }
}

fn limits(task: &TaskConfig) -> Limits {
    let resources = &task.resources;
    let some = |number: u64| (number > 0).then_some(number);
    Limits {
        cpu_shares: some(resources.cpu_mhz),
        cpuset: resources.cores.clone().filter(|cores| !cores.is_empty()),
        memory: some(resources.memory_mb << 20),
        memory_max: resources.memory_max_mb.and_then(some).map(|mb| mb << 20),
        pids: None,
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
