//! What no server takes whatever else the job says: features that need Enterprise, Vault or a mesh network.

use super::Problems;
use crate::{Job, Task, TaskGroup};

/// Checks the job as a whole.
pub(super) fn check(job: &Job, problems: &mut Problems) {
    for group in &job.task_groups {
        connect(group, problems);
    }
    let tasks = || job.task_groups.iter().flat_map(|group| &group.tasks);
    let vault: std::collections::BTreeSet<&str> =
        tasks().filter_map(|task| task.vault.as_ref()).map(|vault| vault.cluster.as_str()).collect();
    for cluster in vault {
        let cluster = if cluster.is_empty() { "default" } else { cluster };
        problems.add(format!("Vault {cluster:?} not enabled but used in the job"));
    }
    problems.add_if(job.multiregion.is_some(), || "Multiregion jobs are unlicensed.".to_owned());
    problems.add_if(tasks().any(asks_for_numa), || "numa scheduling requires Nomad Enterprise".to_owned());
    problems.add_if(tasks().any(|task| task.schedule.is_some()), || {
        "task schedules requires Nomad Enterprise".to_owned()
    });
}

fn asks_for_numa(task: &Task) -> bool {
    let numa = task.resources.as_ref().and_then(|resources| resources.numa.as_ref());
    numa.is_some_and(|numa| !["", "none"].contains(&numa.affinity.as_str()))
}

/// A sidecar needs a network of its own.
fn connect(group: &TaskGroup, problems: &mut Problems) {
    let services = || group.services.iter().filter_map(|service| service.connect.as_ref());
    if !services().any(|connect| connect.sidecar_service.is_some()) {
        return;
    }
    match group.networks.as_slice() {
        [network] => {
            let fits = network.mode == "bridge" || network.mode.starts_with("cni/");
            problems.add_if(!fits, || {
                format!(
                    "connect sidecar: must use a network of mode bridge or cni/<name>: group {:?} has mode {:?}",
                    group.name, network.mode
                )
            });
        }
        networks => problems.add(format!(
            "connect sidecar: must have exactly one network for Consul Connect: group {:?} has {} networks",
            group.name,
            networks.len()
        )),
    }
}
