//! From a task and its block to what an executor starts.

use std::path::Path;

use driver::{StartError, TaskConfig};
use executor::{CgroupPlan, Isolation, LaunchSpec};
use sandbox::cgroup::{CpuQuota, Limits};
use sandbox::isolate::{Bind, Plan};

use super::config::Config;
use super::{ExecOptions, command, environment, rights};
use crate::executed::{limits, logs, own_group, text};

/// Returns what the executor is to start. Blocks for lookups of the user.
///
/// # Errors
/// [`StartError::Fatal`] for what this host does not have or does not allow.
pub(super) fn of(
    options: &ExecOptions,
    config: &Config,
    task: &TaskConfig,
) -> Result<LaunchSpec, StartError> {
    let identity = rights::identity(options, task.user.as_deref())?;
    let settings = &options.settings;
    let plan = Plan {
        root: text(&task.dirs.task),
        binds: binds(options, task),
        hidden: options.hidden.iter().filter_map(|path| hidden(options, path)).collect(),
        pid: config.pid_mode.unwrap_or(settings.default_pid_mode),
        ipc: config.ipc_mode.unwrap_or(settings.default_ipc_mode),
        rights: rights::of(config, settings.allow_caps)?,
        no_pivot_root: settings.no_pivot_root,
    };
    Ok(LaunchSpec {
        program: config.command.clone(),
        args: config.args.clone(),
        env: environment::with_user(&task.env, identity.uid),
        cwd: config.work_dir.clone().unwrap_or_else(|| "/".to_owned()),
        identity: Some(identity),
        oom_score_adj: config.oom_score_adj,
        cgroup: cgroup(options, config, task)?,
        logs: logs(task),
        isolation: Some(Isolation { plan, candidates: command::candidates(&config.command, &task.env) }),
    })
}

/// Parts of the host first, then what belongs to the allocation: later ones lie above earlier ones.
fn binds(options: &ExecOptions, task: &TaskConfig) -> Vec<Bind> {
    let there = options.chroot_env.iter().filter(|(source, _)| Path::new(source).exists());
    let host = there.map(|(source, target)| Bind {
        source: source.clone(),
        target: target.clone(),
        read_only: true,
    });
    let shared = Bind { source: text(&task.dirs.shared), target: "/alloc".to_owned(), read_only: false };
    host.chain([shared]).collect()
}

/// Returns where a path of the host that no task may see is in a task's root, if it is there at all.
fn hidden(options: &ExecOptions, path: &Path) -> Option<String> {
    options.chroot_env.iter().find_map(|(source, target)| {
        let inner = path.strip_prefix(source).ok()?;
        Some(text(&Path::new(target).join(inner)))
    })
}

fn cgroup(options: &ExecOptions, config: &Config, task: &TaskConfig) -> Result<CgroupPlan, StartError> {
    let resources = &task.resources;
    let cpu_quota = (config.cpu_hard_limit && resources.core_mhz > 0)
        .then(|| CpuQuota::of_share(resources.cpu_mhz, resources.core_mhz));
    let limits = Limits { pids: Some(options.settings.pids_limit), cpu_quota, ..limits(task) };
    own_group(task, limits, true).ok_or_else(|| {
        StartError::Fatal("driver exec needs cgroups, which this agent does not use".to_owned())
    })
}
