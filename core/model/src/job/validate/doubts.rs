//! What is only doubtful: deprecated fields, services that go away without a delay, insecure identities.

use super::{Problems, identity};
use crate::{Job, Nanos, Service, Task, TaskGroup};

/// Everything doubtful about a job, one sentence each.
pub(super) fn of(job: &Job) -> Vec<String> {
    let mut warnings = Vec::new();
    if job.periodic.as_ref().is_some_and(|periodic| !periodic.spec.is_empty()) {
        warnings
            .push("cron is deprecated and may be removed in a future release. Use crons instead".to_owned());
    }
    auto_promote(job, &mut warnings);
    for group in &job.task_groups {
        ignored(job, group, &mut warnings);
        deprecated(group, &mut warnings);
        memory(group, &mut warnings);
        services(group, &mut warnings);
    }
    warnings
}

/// Canaries are promoted together, so one group without automatic promotion holds up all.
fn auto_promote(job: &Job, warnings: &mut Vec<String>) {
    let updates = || job.task_groups.iter().filter_map(|group| group.update.as_ref());
    if updates().any(|update| update.auto_promote) && !updates().all(|update| update.auto_promote) {
        warnings.push("auto_promote must be true for all groups to enable automatic promotion".to_owned());
    }
}

/// What is written and has no effect, or another one than it seems.
fn ignored(job: &Job, group: &TaskGroup, warnings: &mut Vec<String>) {
    let name = &group.name;
    let update = group.update.as_ref().filter(|_| job.job_type == "service" && group.count > 0);
    if let Some(update) = update.filter(|update| update.max_parallel > group.count) {
        warnings.push(format!(
            "group {name:?} updates {} allocations in parallel but has {}: all of them are replaced at once",
            update.max_parallel, group.count
        ));
    }
    let mut old = |field: &str, instead: &str| {
        warnings.push(format!("group {name:?}: {field} is deprecated and ignored; {instead}"));
    };
    if group.max_client_disconnect.is_some() {
        old("max_client_disconnect", "use lost_after in a disconnect block");
    }
    if group.stop_after_client_disconnect.is_some() {
        old("stop_after_client_disconnect", "use stop_on_client_after in a disconnect block");
    }
    if group.prevent_reschedule_on_lost {
        old("prevent_reschedule_on_lost", "use replace in a disconnect block");
    }
    if group.networks.iter().any(|network| network.mbits > 0) {
        old("mbits", "bandwidth is not scheduled");
    }
    for task in &group.tasks {
        let Some(resources) = &task.resources else { continue };
        let mut old = |field: &str, instead: &str| {
            let task = &task.name;
            warnings.push(format!("group {name:?} task {task:?}: {field} is deprecated; {instead}"));
        };
        if resources.iops > 0 {
            old("iops", "it is ignored");
        }
        if !resources.networks.is_empty() {
            old("a network block in resources", "write it in the group");
        }
    }
}

/// Doubts about the tasks of a group, nested as errors are.
fn deprecated(group: &TaskGroup, warnings: &mut Vec<String>) {
    let mut of_group = Problems::default();
    for task in &group.tasks {
        let mut of_task = Problems::default();
        for (at, template) in task.templates.iter().enumerate() {
            of_task.add_if(template.vault_grace != Nanos::ZERO, || {
                format!(
                    "Template[{at}] VaultGrace has been deprecated as of Nomad 0.11 and ignored since Vault 0.5. \
                     Please remove VaultGrace / vault_grace from template block."
                )
            });
        }
        identity::doubts(task, &mut of_task);
        of_group.nest_as("has warnings", &format!("Task {:?}", task.name), &of_task);
    }
    let mut all = Problems::default();
    all.nest_as("has warnings", &format!("Group {:?}", group.name), &of_group);
    warnings.extend(all.lines().map(|line| line.trim_end().to_owned()));
}

fn memory(group: &TaskGroup, warnings: &mut Vec<String>) {
    let more = |task: &&Task| task.resources.as_ref().is_some_and(|resources| resources.memory_max_mb != 0);
    for task in group.tasks.iter().filter(more) {
        warnings.push(format!(
            "Memory oversubscription is not enabled; Task \"{}.{}\" memory_max value will be ignored. Update the \
             Scheduler Configuration to allow oversubscription.",
            group.name, task.name
        ));
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
    let at_once = |task: &&Task| task.shutdown_delay == Nanos::ZERO;
    if group.shutdown_delay.is_some_and(|delay| delay != Nanos::ZERO) {
        return;
    }
    for task in group.tasks.iter().filter(at_once) {
        if group.services.iter().any(|service| service.task_name == task.name) {
            warnings.push(format!(
                "group {:?} references task {:?} in a service definition, but the task has no shutdown_delay set",
                group.name, task.name
            ));
        }
        if !task.services.is_empty() {
            warnings.push(format!(
                "task {:?} in group {:?} defines services, but has no shutdown_delay set",
                task.name, group.name
            ));
        }
    }
    // The proxy that the mesh adds has a delay of its own.
    let meshed = group.networks.len() == 1 && group.services.iter().any(|service| service.connect.is_some());
    let of_the_group = !meshed && group.services.iter().any(|service| service.task_name.is_empty());
    if of_the_group && group.tasks.iter().all(|task| at_once(&task)) {
        warnings.push(format!(
            "group {:?} defines services, but neither the group nor any of its tasks have shutdown_delay set",
            group.name
        ));
    }
}
