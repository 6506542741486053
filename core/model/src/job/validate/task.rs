//! Tasks: driver, resources, logs, lifecycle, actions, and the parts that have files of their own.

use std::collections::BTreeSet;

use super::constraint::{self, Level};
use super::{Problems, files, identity, policy, service, volume};
use crate::{CsiPlugin, DeviceAsk, JobKind, LogConfig, Nanos, Resources, Task, TaskGroup};

/// What is wrong with a task.
pub(super) fn check(task: &Task, group: &TaskGroup, kind: JobKind) -> Problems {
    let mut problems = Problems::default();
    problems.add_if(task.name.contains(['/', '\\']), || "Task name cannot include slashes".to_owned());
    problems.add_if(task.name.contains('\0'), || "Task name contains null character".to_owned());
    problems.add_if(task.name == "alloc", || "Task name \"alloc\" is reserved".to_owned());
    problems.add_if(task.driver.is_empty(), || "Missing task driver".to_owned());
    problems.add_if(task.kill_timeout < Nanos::ZERO, || "KillTimeout must be a positive value".to_owned());
    let progress = group.update.as_ref().map_or(Nanos::ZERO, |update| update.progress_deadline);
    let too_long = kind == JobKind::Service && progress > Nanos::ZERO && task.kill_timeout > progress;
    problems.add_if(too_long, || {
        format!("KillTimeout ({}) longer than the group's ProgressDeadline ({progress})", task.kill_timeout)
    });
    problems
        .add_if(task.shutdown_delay < Nanos::ZERO, || "ShutdownDelay must be a positive value".to_owned());
    match &task.resources {
        None => problems.add("Missing task resources"),
        Some(resources) => problems.nest_unnamed(&check_resources(resources)),
    }
    if let Some(logs) = &task.log_config {
        problems.nest_unnamed(&check_logs(logs, group));
    }
    constraint::check_all(&task.constraints, Level::Task, &mut problems);
    constraint::check_affinities(&task.affinities, &mut problems);
    // What it has of its group is checked there.
    if let Some(restart) = task.restart.as_ref().filter(|_| task.restart != group.restart) {
        policy::check_restart(restart, &mut problems);
    }
    if let Some(lifecycle) = &task.lifecycle {
        let known = ["prestart", "poststart", "poststop"].contains(&lifecycle.hook.as_str());
        problems.add_if(!known, || format!("Lifecycle validation failed: invalid hook: {}", lifecycle.hook));
    }
    service::check_task(task, &mut problems);
    volume::check_mounts(task, group, &mut problems);
    files::check(task, &mut problems);
    identity::check(task, &mut problems);
    identity::check_secrets(task, &mut problems);
    check_actions(task, &mut problems);
    if let Some(plugin) = &task.csi_plugin {
        check_plugin(plugin, &mut problems);
    }
    problems
}

fn check_resources(resources: &Resources) -> Problems {
    let mut problems = Problems::default();
    problems.add_if(resources.cores > 0 && resources.cpu > 0, || {
        "Task can only ask for 'cpu' or 'cores' resource, not both.".to_owned()
    });
    problems.add_if(resources.cores == 0 && resources.cpu < 1, || {
        format!("minimum CPU value is 1; got {}", resources.cpu)
    });
    problems.add_if(resources.memory_mb < 10, || {
        format!("minimum MemoryMB value is 10; got {}", resources.memory_mb)
    });
    let max = resources.memory_max_mb;
    problems.add_if(max != 0 && max != -1 && max < resources.memory_mb, || {
        format!("MemoryMaxMB value ({max}) should be larger than MemoryMB value ({})", resources.memory_mb)
    });
    problems.add_if(resources.disk_mb > 0, || {
        "Task can't ask for disk resources, they have to be specified at the task group level.".to_owned()
    });
    problems.add_if(resources.secrets_mb > resources.memory_mb, || {
        format!(
            "SecretsMB value ({}) cannot exceed MemoryMB value ({})",
            resources.secrets_mb, resources.memory_mb
        )
    });
    for (at, device) in (1..).zip(&resources.devices) {
        problems.nest_as("failed validation", &format!("device {at}"), &check_device(device));
    }
    problems
}

fn check_device(device: &DeviceAsk) -> Problems {
    let mut problems = Problems::default();
    let parts: Vec<&str> = device.name.split('/').collect();
    problems.add_if(parts.iter().any(|part| part.is_empty()), || {
        "device name must be given as one of the following: type, vendor/type, or vendor/type/name".to_owned()
    });
    constraint::check_all(&device.constraints, Level::Device, &mut problems);
    constraint::check_affinities(&device.affinities, &mut problems);
    problems
}

fn check_logs(logs: &LogConfig, group: &TaskGroup) -> Problems {
    let mut problems = Problems::default();
    problems.add_if(logs.max_files < 1, || format!("minimum number of files is 1; got {}", logs.max_files));
    problems.add_if(logs.max_file_size_mb < 1, || {
        format!("minimum file size is 1MB; got {}", logs.max_file_size_mb)
    });
    let disk = group.ephemeral_disk.as_ref().map_or(0, |disk| disk.size_mb);
    let size = logs.max_files.saturating_mul(logs.max_file_size_mb);
    problems.add_if(size >= disk, || {
        format!("log storage ({size} MB) must be less than requested disk capacity ({disk} MB)")
    });
    problems
}

fn check_actions(task: &Task, problems: &mut Problems) {
    let mut names = BTreeSet::new();
    for action in &task.actions {
        let name = action.name.as_str();
        let mut inner = Problems::default();
        inner.add_if(action.command.is_empty(), || "command cannot be empty".to_owned());
        let bad =
            name.is_empty() || name.len() > 128 || name.contains(|c: char| c.is_whitespace() || c == '\0');
        inner.add_if(bad, || format!("invalid name '{name}'"));
        problems.nest(&format!("Action {name}"), &inner);
        problems.add_if(!names.insert(name), || format!("Action {name} defined multiple times"));
    }
}

fn check_plugin(plugin: &CsiPlugin, problems: &mut Problems) {
    problems.add_if(plugin.id.is_empty(), || "CSIPluginConfig must have a non-empty PluginID".to_owned());
    let kind = plugin.plugin_type.as_str();
    problems.add_if(!["node", "controller", "monolith"].contains(&kind), || {
        format!(
            "CSIPluginConfig PluginType must be one of 'node', 'controller', or 'monolith', got: {kind:?}"
        )
    });
    let below = |base: &str| {
        plugin
            .stage_publish_base_dir
            .strip_prefix(base)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    problems.add_if(!plugin.mount_dir.is_empty() && below(&plugin.mount_dir), || {
        "CSIPluginConfig StagePublishBaseDir must not be a subdirectory of MountDir".to_owned()
    });
    problems.add_if(plugin.health_timeout < Nanos::ZERO, || {
        "CSIPluginConfig HealthTimeout must not be negative".to_owned()
    });
}
