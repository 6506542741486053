//! What a driver is to start: the task with every reference replaced.

use std::collections::BTreeMap;
use std::path::PathBuf;

use driver::{Driver, FsIsolation, LogConfig, Resources, TaskConfig, TaskDirs};
use model::{Node, Task};

use super::context::AllocContext;
use super::env::{Inputs, environment};
use super::interpolate::Scope;
use crate::Config;

/// Files kept per stream, and their size in MB, when the job says nothing.
const LOG_FILES: (i64, i64) = (10, 10);

/// Why a task cannot be started here at all.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ResolveError {
    /// The job has no such task.
    #[error("the job has no task {0:?}")]
    NoSuchTask(String),
    /// The `config` block is no block.
    #[error("the config of the task is not a block")]
    Config,
}

/// Resolves a task of an allocation on `node`.
pub(crate) fn resolve(
    config: &Config,
    node: &Node,
    alloc: &AllocContext,
    name: &str,
    driver: &dyn Driver,
) -> Result<TaskConfig, ResolveError> {
    let no_such_task = || ResolveError::NoSuchTask(name.to_owned());
    let group = alloc.task_group().ok_or_else(no_such_task)?;
    let task = group.task(name).ok_or_else(no_such_task)?;
    let resources = resources(task, alloc, node);
    let dirs = alloc.paths.as_ref().map_or_else(nowhere, |paths| paths.task(name));
    let isolation = driver.capabilities().fs_isolation;
    let host =
        if alloc.paths.is_some() && isolation != FsIsolation::Image { host_env() } else { BTreeMap::new() };
    let env = environment(&Inputs {
        alloc,
        group,
        task,
        node,
        region: &config.region,
        cgroup_parent: config.cgroup_parent.as_deref(),
        resources: &resources,
        dirs: &dirs,
        isolation,
        host: &host,
    });
    let scope = Scope { node, region: &config.region, env: &env };
    let block = match &task.config {
        None => driver::ConfigMap::new(),
        Some(any) => {
            let entries = any.entries().ok_or(ResolveError::Config)?;
            entries.iter().map(|(key, value)| (key.clone(), scope.value(value))).collect()
        }
    };
    // A simulated node claims drivers that it does not have: their tasks run for ever.
    let block = if task.driver == driver.name() { block } else { for_ever() };
    Ok(TaskConfig {
        id: alloc.task_id(name),
        config: block,
        user: Some(scope.text(&task.user)).filter(|user| !user.is_empty()),
        env,
        resources,
        dirs,
        logs: logs(task, alloc),
        cgroup_parent: config.cgroup_parent.clone(),
    })
}

fn for_ever() -> driver::ConfigMap {
    [("run_for".to_owned(), serde_json::Value::from("87600h"))].into_iter().collect()
}

fn nowhere() -> TaskDirs {
    let none = PathBuf::new;
    TaskDirs { alloc: none(), shared: none(), task: none(), local: none(), secrets: none() }
}

fn host_env() -> BTreeMap<String, String> {
    // What is not text cannot be handed on as such.
    std::env::vars_os()
        .filter_map(|(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

fn resources(task: &Task, alloc: &AllocContext, node: &Node) -> Resources {
    let positive = |number: i64| u64::try_from(number).unwrap_or(0);
    let Some(asked) = &task.resources else { return Resources::default() };
    let exclusive = alloc.assigned.exclusive.as_deref();
    let own = exclusive.and_then(|exclusive| exclusive.tasks.iter().find(|own| *own.task == *task.name));
    let own = own.filter(|own| !own.cores.is_empty());
    let list = |cores: &[u16]| cores.iter().map(u16::to_string).collect::<Vec<_>>().join(",");
    Resources {
        cpu_mhz: own.map_or_else(|| positive(asked.cpu), |own| u64::from(own.cpu_shares)),
        cores: own.map(|own| list(&own.cores)),
        core_mhz: core_mhz(node),
        memory_mb: positive(asked.memory_mb),
        memory_max_mb: match asked.memory_max_mb {
            _ if !alloc.assigned.memory_max => None,
            0 => None,
            // No limit of its own means the node's memory.
            max if max < 0 => Some(node.resources.memory_mb),
            max => Some(positive(max)),
        },
    }
}

/// Returns the MHz of one core of the node, as the scheduler counts them.
fn core_mhz(node: &Node) -> u64 {
    let cores = u64::try_from(node.resources.cores.len()).unwrap_or(0);
    u64::from(node.resources.cpu_mhz).checked_div(cores).unwrap_or(0)
}

fn logs(task: &Task, alloc: &AllocContext) -> LogConfig {
    let narrow = |number: i64, default: i64| {
        u32::try_from(number)
            .ok()
            .filter(|number| *number > 0)
            .unwrap_or_else(|| u32::try_from(default).unwrap_or(1))
    };
    let asked = task.log_config.as_ref();
    LogConfig {
        disabled: alloc.paths.is_none() || asked.is_some_and(|logs| logs.disabled),
        dir: alloc.paths.as_ref().map(|paths| paths.logs()).unwrap_or_default(),
        max_files: narrow(asked.map_or(0, |logs| logs.max_files), LOG_FILES.0),
        max_file_size_mb: narrow(asked.map_or(0, |logs| logs.max_file_size_mb), LOG_FILES.1),
    }
}
