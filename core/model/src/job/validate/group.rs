//! Groups: count, tasks, disk, scaling, and the parts that have files of their own.

use std::collections::BTreeMap;

use super::{Problems, constraint, network, policy, service, task, volume};
use crate::{JobKind, Nanos, Service, TaskGroup};

/// What is wrong with a group.
pub(super) fn check(group: &TaskGroup, kind: JobKind) -> Problems {
    let mut problems = Problems::default();
    problems.add_if(group.name.contains('\0'), || "Task group name contains null character".to_owned());
    problems.add_if(group.count < 0, || "Task group count can't be negative".to_owned());
    // The mesh brings the proxy of a gateway itself.
    let is_gateway = |service: &Service| service.connect.as_ref().is_some_and(|one| one.gateway.is_some());
    let needs_tasks = !group.services.iter().any(is_gateway);
    problems.add_if(needs_tasks && group.tasks.is_empty(), || "Missing tasks for task group".to_owned());
    problems.add_if(group.max_run_duration.is_some() && !kind.is_batch(), || {
        "max_run_duration can only be used with batch or sysbatch jobs".to_owned()
    });
    problems.add_if(group.max_run_duration.is_some_and(|limit| limit <= Nanos::ZERO), || {
        "max_run_duration must be greater than zero".to_owned()
    });
    constraint::check_all(&group.constraints, constraint::Level::Group, &mut problems);
    constraint::check_affinities(&group.affinities, &mut problems);
    constraint::check_spreads(&group.spreads, &mut problems);
    problems.add_if(kind.is_system() && !group.affinities.is_empty(), || {
        "System jobs may not have an affinity block".to_owned()
    });
    problems.add_if(kind.is_system() && !group.spreads.is_empty(), || {
        "System jobs may not have a spread block".to_owned()
    });
    policy::check(group, kind, &mut problems);
    if let Some(disk) = &group.ephemeral_disk {
        problems.add_if(disk.size_mb < 10, || format!("minimum DiskMB value is 10; got {}", disk.size_mb));
    }
    problems.add_if(group.shutdown_delay.is_some_and(|delay| delay < Nanos::ZERO), || {
        "ShutdownDelay must be a positive value".to_owned()
    });
    network::check(group, &mut problems);
    volume::check_group(group, kind, &mut problems);
    service::check_group(group, &mut problems);
    scaling(group, &mut problems);
    tasks(group, kind, &mut problems);
    problems
}

fn scaling(group: &TaskGroup, problems: &mut Problems) {
    let Some(scaling) = &group.scaling else { return };
    let mut inner = Problems::default();
    inner.add_if(scaling.min < 0, || "Minimum count must be specified and non-negative".to_owned());
    inner.add_if(scaling.max < scaling.min, || {
        "Scaling policy invalid: maximum count must not be less than minimum count".to_owned()
    });
    inner.add_if(group.count < scaling.min, || {
        "Scaling policy invalid: task group count must not be less than minimum count in scaling policy"
            .to_owned()
    });
    inner.add_if(group.count > scaling.max, || {
        "Scaling policy invalid: task group count must not be greater than maximum count in scaling policy".to_owned()
    });
    problems.nest("Task group scaling policy", &inner);
}

fn tasks(group: &TaskGroup, kind: JobKind, problems: &mut Problems) {
    let mut names = BTreeMap::new();
    let leaders = group.tasks.iter().filter(|task| task.leader).count();
    problems.add_if(leaders > 1, || "Only one task may be marked as leader".to_owned());
    for (at, one) in (1_usize..).zip(&group.tasks) {
        let name = one.name.as_str();
        if name.is_empty() {
            problems.add(format!("Task {at} missing name"));
        } else if let Some(first) = names.get(name) {
            problems.add(format!("Task {at} redefines '{name}' from task {first}"));
        } else {
            names.insert(name, at);
        }
    }
    for one in &group.tasks {
        problems.nest(&format!("Task {}", one.name), &task::check(one, group, kind));
    }
}
