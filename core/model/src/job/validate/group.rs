//! Groups: count, tasks, network, disk, volumes, services.

use std::collections::{BTreeMap, BTreeSet};

use super::{Problems, constraint, policy, task};
use crate::{JobKind, NetworkAsk, Service, TaskGroup};

/// What is wrong with a group; what is doubtful goes to `warnings`.
pub(super) fn check(group: &TaskGroup, kind: JobKind, warnings: &mut Vec<String>) -> Problems {
    let mut problems = Problems::default();
    problems.add_if(group.name.contains('\0'), || "Task group name contains null character".to_owned());
    problems.add_if(group.count < 0, || "Task group count can't be negative".to_owned());
    problems.add_if(group.tasks.is_empty(), || "Missing tasks for task group".to_owned());
    problems.add_if(group.max_run_duration.is_some() && !kind.is_batch(), || {
        "max_run_duration can only be used with batch or sysbatch jobs".to_owned()
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
    for network in &group.networks {
        ports(network, &mut problems);
    }
    scaling(group, &mut problems);
    tasks(group, kind, &mut problems, warnings);
    services(group, warnings);
    problems
}

fn ports(network: &NetworkAsk, problems: &mut Problems) {
    let mut labels = BTreeSet::new();
    let mut static_ports: BTreeMap<(String, i64), &str> = BTreeMap::new();
    let all = network.reserved_ports.iter().map(|port| (port, true));
    for (port, is_static) in all.chain(network.dynamic_ports.iter().map(|port| (port, false))) {
        if !labels.insert(port.label.as_str()) {
            problems.add(format!("Port label {} already in use", port.label));
        }
        if is_static && !(1..=65_535).contains(&port.value) {
            problems.add(format!("Port {} has invalid value {}: must be 1 to 65535", port.label, port.value));
        }
        if !(-1..=65_535).contains(&port.to) {
            problems.add(format!(
                "Port {} has invalid \"to\" value {}: must be -1 to 65535",
                port.label, port.to
            ));
        }
        if is_static && !port.ignore_collision {
            let key = (port.host_network.clone(), port.value);
            if let Some(other) = static_ports.insert(key, &port.label) {
                problems.add(format!("Static port {} already reserved by {other}", port.value));
            }
        }
    }
    let known = ["", "host", "bridge", "none"].contains(&network.mode.as_str());
    problems.add_if(!known && !network.mode.starts_with("cni/"), || {
        format!("Invalid network mode {:?}: host, bridge, none and cni/<name> exist", network.mode)
    });
}

fn scaling(group: &TaskGroup, problems: &mut Problems) {
    let Some(scaling) = &group.scaling else { return };
    problems.add_if(scaling.min < 0, || "Minimum count must be specified and non-negative".to_owned());
    problems.add_if(scaling.max < scaling.min, || {
        "Scaling policy invalid: maximum count must not be less than minimum count".to_owned()
    });
    problems.add_if(group.count < scaling.min, || {
        "Scaling policy invalid: task group count must not be less than minimum count in scaling policy"
            .to_owned()
    });
    problems.add_if(group.count > scaling.max, || {
        "Scaling policy invalid: task group count must not be greater than maximum count in scaling policy".to_owned()
    });
}

fn tasks(group: &TaskGroup, kind: JobKind, problems: &mut Problems, warnings: &mut Vec<String>) {
    let mut names = BTreeSet::new();
    let leaders = group.tasks.iter().filter(|task| task.leader).count();
    problems.add_if(leaders > 1, || format!("Only one task may be marked as leader, found {leaders}"));
    for (at, one) in (1..).zip(&group.tasks) {
        if one.name.is_empty() {
            problems.add(format!("Task {at} missing name"));
        } else if !names.insert(one.name.as_str()) {
            problems.add(format!("Task {at} redefines {:?} from an earlier task", one.name));
        }
    }
    for one in &group.tasks {
        let inner = task::check(one, group, kind, warnings);
        problems.nest(&format!("Task {}", one.name), &inner);
    }
}

/// A service that says nothing means Consul elsewhere; here it is registered natively.
fn services(group: &TaskGroup, warnings: &mut Vec<String>) {
    let all: Vec<&Service> =
        group.services.iter().chain(group.tasks.iter().flat_map(|task| &task.services)).collect();
    for service in all.iter().filter(|service| service.provider == "consul") {
        warnings.push(format!(
            "service {:?} asks for Consul, which is not configured: it is registered with provider \"nomad\"",
            service.name
        ));
    }
    let delayed = group.shutdown_delay.is_some()
        || group.tasks.iter().any(|task| task.shutdown_delay != crate::Nanos::ZERO);
    if !all.is_empty() && !delayed {
        warnings.push(format!(
            "group {:?} defines services, but neither the group nor any of its tasks have shutdown_delay set",
            group.name
        ));
    }
}
