//! From a task and its block to what an executor starts.

use driver::{StartError, TaskConfig};
use executor::{CgroupPlan, LaunchSpec, chain};
use sandbox::cgroup::Hierarchies;
use sandbox::spawn::Identity;

use super::config::{CgroupOverride, Config};
use super::{RawExecOptions, command};
use crate::executed::{DeniedIds, check_user, limits, logs, matches, own_group, text};

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
    let allowed = |name: &str| !patterns.iter().any(|pattern| matches(pattern, name));
    Ok(LaunchSpec {
        program: text(&program),
        args: config.args.clone(),
        env: task.env.iter().filter(|(k, _)| allowed(k)).map(|(k, v)| (k.clone(), v.clone())).collect(),
        cwd: text(config.work_dir.as_deref().unwrap_or(&task.dirs.task)),
        identity: identity(options, task.user.as_deref())?,
        oom_score_adj: config.oom_score_adj,
        cgroup: cgroup(config, task)?,
        logs: logs(task),
        isolation: None,
    })
}

fn identity(options: &RawExecOptions, user: Option<&str>) -> Result<Option<Identity>, StartError> {
    let denied = DeniedIds { uids: &options.denied_host_uids, gids: &options.denied_host_gids };
    let user = user.filter(|user| !user.is_empty());
    // Without a user the task runs as the agent, to which the same rules apply.
    let wanted = check_user(&denied, user)?;
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
        CgroupOverride::None => Ok(own_group(task, limits(task), false).unwrap_or(CgroupPlan::None)),
    }
}
