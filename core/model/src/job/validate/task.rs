//! Tasks: driver, resources, logs, lifecycle, mounts, templates.

use std::collections::BTreeSet;

use super::constraint::{self, Level};
use super::{Problems, policy};
use crate::{JobKind, LogConfig, Nanos, Resources, Task, TaskGroup};

/// What is wrong with a task; what is doubtful goes to `warnings`.
pub(super) fn check(task: &Task, group: &TaskGroup, _: JobKind, warnings: &mut Vec<String>) -> Problems {
    let mut problems = Problems::default();
    problems.add_if(task.name.contains(['/', '\\']), || "Task name cannot include slashes".to_owned());
    problems.add_if(task.name.contains('\0'), || "Task name contains null character".to_owned());
    problems.add_if(task.name == "alloc", || "Task name \"alloc\" is reserved".to_owned());
    problems.add_if(task.driver.is_empty(), || "Missing task driver".to_owned());
    problems.add_if(task.kill_timeout < Nanos::ZERO, || "KillTimeout must be a positive value".to_owned());
    problems
        .add_if(task.shutdown_delay < Nanos::ZERO, || "ShutdownDelay must be a positive value".to_owned());
    problems.add_if(task.schedule.is_some(), || "task schedules requires Nomad Enterprise".to_owned());
    match &task.resources {
        None => problems.add("Missing task resources"),
        Some(resources) => check_resources(resources, &mut problems),
    }
    if let Some(logs) = &task.log_config {
        check_logs(logs, group, &mut problems);
    }
    constraint::check_all(&task.constraints, Level::Task, &mut problems);
    constraint::check_affinities(&task.affinities, &mut problems);
    if let Some(restart) = &task.restart {
        policy::check_restart(restart, &mut problems);
    }
    if let Some(lifecycle) = &task.lifecycle {
        let known = ["prestart", "poststart", "poststop"].contains(&lifecycle.hook.as_str());
        problems.add_if(!known, || format!("invalid hook: {}", lifecycle.hook));
    }
    check_mounts(task, group, &mut problems);
    check_files(task, &mut problems);
    check_actions(task, &mut problems);
    let max = task.resources.as_ref().map_or(0, |resources| resources.memory_max_mb);
    if max != 0 {
        warnings.push(format!(
            "Memory oversubscription is not enabled; Task \"{}.{}\" memory_max value will be ignored",
            group.name, task.name
        ));
    }
    problems
}

fn check_resources(resources: &Resources, problems: &mut Problems) {
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
    let numa = resources.numa.as_ref().filter(|numa| !["", "none"].contains(&numa.affinity.as_str()));
    problems.add_if(numa.is_some(), || "numa scheduling requires Nomad Enterprise".to_owned());
    for device in &resources.devices {
        problems.add_if(device.name.is_empty(), || {
            "Device name must be given as one of: type, vendor/type, or vendor/type/name".to_owned()
        });
        constraint::check_all(&device.constraints, Level::Device, problems);
        constraint::check_affinities(&device.affinities, problems);
    }
}

fn check_logs(logs: &LogConfig, group: &TaskGroup, problems: &mut Problems) {
    problems.add_if(logs.max_files < 1, || format!("minimum number of files is 1; got {}", logs.max_files));
    problems.add_if(logs.max_file_size_mb < 1, || {
        format!("minimum file size is 1MB; got {}", logs.max_file_size_mb)
    });
    let disk = group.ephemeral_disk.as_ref().map_or(0, |disk| disk.size_mb);
    let size = logs.max_files.saturating_mul(logs.max_file_size_mb);
    problems.add_if(size >= disk, || {
        format!("log storage ({size} MB) must be less than requested disk capacity ({disk} MB)")
    });
}

fn check_mounts(task: &Task, group: &TaskGroup, problems: &mut Problems) {
    for (at, mount) in task.volume_mounts.iter().enumerate() {
        problems
            .add_if(mount.volume.is_empty(), || format!("Volume Mount ({at}) references an empty volume"));
        problems.add_if(!mount.volume.is_empty() && !group.volumes.contains_key(&mount.volume), || {
            format!("Volume Mount ({at}) references undefined volume {}", mount.volume)
        });
        problems.add_if(mount.destination.is_empty(), || format!("Volume Mount ({at}) has no destination"));
        let known = ["", "private", "host-to-task", "bidirectional"];
        problems.add_if(!known.contains(&mount.propagation_mode.as_str()), || {
            format!("Volume Mount ({at}) has an invalid propagation mode: {:?}", mount.propagation_mode)
        });
    }
}

/// Artifacts and templates: they must stay below the allocation's directory.
fn check_files(task: &Task, problems: &mut Problems) {
    for (at, artifact) in (1..).zip(&task.artifacts) {
        let mut inner = Problems::default();
        inner.add_if(artifact.source.is_empty(), || "source must be specified".to_owned());
        inner.add_if(!["any", "file", "dir"].contains(&artifact.mode.as_str()), || {
            format!("invalid artifact mode {:?}; must be one of: any, file, dir", artifact.mode)
        });
        inner
            .add_if(escapes(&artifact.destination), || "destination escapes allocation directory".to_owned());
        problems.nest(&format!("Artifact {at}"), &inner);
    }
    let mut destinations = BTreeSet::new();
    for (at, template) in (1..).zip(&task.templates) {
        let mut inner = Problems::default();
        inner.add_if(template.source.is_empty() && template.data.is_empty(), || {
            "Must specify a source path or have an embedded template".to_owned()
        });
        inner.add_if(template.destination.is_empty(), || {
            "Must specify a destination for the template".to_owned()
        });
        inner
            .add_if(escapes(&template.destination), || "destination escapes allocation directory".to_owned());
        let mode = template.change_mode.as_str();
        inner.add_if(!["noop", "restart", "signal", "script"].contains(&mode), || {
            format!("Unsupported change mode {mode:?}")
        });
        inner.add_if(mode == "signal" && template.change_signal.is_empty(), || {
            "Must specify signal value when change mode is signal".to_owned()
        });
        inner.add_if(mode == "signal" && template.env, || {
            "cannot use signals with env var templates".to_owned()
        });
        inner.add_if(mode == "script" && template.change_script.is_none(), || {
            "must specify change script configuration value when change mode is script".to_owned()
        });
        inner.add_if(template.splay < Nanos::ZERO, || "Must specify positive splay value".to_owned());
        let octal = |c: char| c.is_digit(8);
        inner.add_if(template.perms.is_empty() || !template.perms.chars().all(octal), || {
            format!("Failed to parse {:?} as octal", template.perms)
        });
        problems.nest(&format!("Template {at}"), &inner);
        if !template.destination.is_empty() && !destinations.insert(template.destination.as_str()) {
            problems.add(format!("Template {at} has same destination as an earlier template"));
        }
    }
}

/// Whether a relative path leaves its directory. Paths with interpolation are checked where they are resolved.
fn escapes(path: &str) -> bool {
    let mut depth = 0_i32;
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => depth -= 1,
            _ => depth += 1,
        }
        if depth < -1 {
            return true;
        }
    }
    depth < 0
}

fn check_actions(task: &Task, problems: &mut Problems) {
    let mut names = BTreeSet::new();
    for action in &task.actions {
        let bad = action.name.is_empty()
            || action.name.len() > 128
            || action.name.contains(|c: char| c.is_whitespace() || c == '\0');
        problems.add_if(bad, || format!("invalid action name {:?}", action.name));
        problems.add_if(action.command.is_empty(), || {
            format!("Action {:?} command cannot be empty", action.name)
        });
        problems.add_if(!names.insert(action.name.as_str()), || {
            format!("Action {:?} defined more than once", action.name)
        });
    }
}
