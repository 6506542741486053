//! From a task and its block to what an executor starts.

use std::path::Path;

use driver::{StartError, TaskConfig};
use executor::{CgroupPlan, LaunchSpec, LogSpec};
use sandbox::cgroup::{Hierarchies, Limits};
use sandbox::spawn::Identity;

use super::config::{CgroupOverride, Config};
use super::denied::{self, IdRanges};
use super::handle::chain;
use super::{RawExecOptions, command};
use crate::task_name::task_name;

/// Returns what the executor is to start. Blocks for lookups of the user and of the command.
///
/// # Errors
/// [`StartError::Fatal`] for what this host does not have or does not allow.
pub(super) fn of(
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
        isolation: None,
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
            Some(parent) => CgroupPlan::Own {
                name: format!("{parent}/{}", task_name(&task.id)),
                limits: limits(task),
                required: false,
            },
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
