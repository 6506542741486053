//! Whether an allocation can take a new version of its job where it runs, or has to be replaced.

use model::{Job, NetworkAsk, Resources, Service, Task, TaskGroup};

/// Whether a group changed so that its allocations have to be replaced.
pub(crate) fn needs_replacement(old: &Job, new: &Job, group: &str) -> bool {
    let (Some(old_group), Some(new_group)) = (old.group(group), new.group(group)) else { return true };
    if old_group.tasks.len() != new_group.tasks.len() || old_group.ephemeral_disk != new_group.ephemeral_disk
    {
        return true;
    }
    let renders = |group: &TaskGroup| group.restart.as_ref().is_some_and(|restart| restart.render_templates);
    networks_differ(&old_group.networks, &new_group.networks)
        || old_group.consul != new_group.consul
        || old_group.volumes != new_group.volumes
        || renders(old_group) != renders(new_group)
        || services_differ(&old_group.services, &new_group.services)
        || new_group.tasks.iter().any(|task| {
            let before = old_group.task(&task.name);
            before.is_none_or(|before| {
                task_differs(before, task)
                    || merged_meta(old, old_group, before) != merged_meta(new, new_group, task)
            })
        })
}

fn merged_meta(job: &Job, group: &TaskGroup, task: &Task) -> model::document::GoMap {
    let mut meta = job.meta.clone();
    meta.extend(group.meta.clone());
    meta.extend(task.meta.clone());
    meta
}

fn task_differs(old: &Task, new: &Task) -> bool {
    let logs_disabled = |task: &Task| task.log_config.as_ref().is_some_and(|config| config.disabled);
    old.driver != new.driver
        || old.user != new.user
        || old.config != new.config
        || old.env != new.env
        || old.artifacts != new.artifacts
        || old.vault != new.vault
        || old.secrets != new.secrets
        || old.consul != new.consul
        || old.templates != new.templates
        || old.csi_plugin != new.csi_plugin
        || old.volume_mounts != new.volume_mounts
        || old.identity != new.identity
        || old.identities != new.identities
        || logs_disabled(old) != logs_disabled(new)
        || resources_differ(old.resources.as_ref(), new.resources.as_ref())
}

fn resources_differ(old: Option<&Resources>, new: Option<&Resources>) -> bool {
    let (Some(old), Some(new)) = (old, new) else { return old.is_some() != new.is_some() };
    old.cpu != new.cpu
        || old.cores != new.cores
        || old.memory_mb != new.memory_mb
        || old.memory_max_mb != new.memory_max_mb
        || old.secrets_mb != new.secrets_mb
        || old.devices != new.devices
        || old.numa != new.numa
        || networks_differ(&old.networks, &new.networks)
}

fn networks_differ(old: &[NetworkAsk], new: &[NetworkAsk]) -> bool {
    old.len() != new.len() || old.iter().zip(new).any(|(old, new)| without_values(old) != without_values(new))
}

/// The network with the numbers of its dynamic ports left out.
fn without_values(network: &NetworkAsk) -> NetworkAsk {
    let mut network = network.clone();
    for port in &mut network.dynamic_ports {
        port.value = 0;
    }
    network.reserved_ports.sort_by(|left, right| left.label.cmp(&right.label));
    network.dynamic_ports.sort_by(|left, right| left.label.cmp(&right.label));
    network
}

/// Whether the mesh settings of services differ; all else about services changes in place.
fn services_differ(old: &[Service], new: &[Service]) -> bool {
    let meshed = |services: &[Service]| services.iter().filter(|service| service.connect.is_some()).count();
    if meshed(old) != meshed(new) {
        return true;
    }
    new.iter().filter(|service| service.connect.is_some()).any(|service| {
        let before = old.iter().find(|before| before.name == service.name && before.connect.is_some());
        before.is_none_or(|before| mesh_differs(before, service))
    })
}

fn mesh_differs(old: &Service, new: &Service) -> bool {
    let (Some(old_mesh), Some(new_mesh)) = (&old.connect, &new.connect) else { return true };
    let port = |mesh: &model::Connect| mesh.sidecar_service.as_ref().map(|sidecar| sidecar.port.clone());
    old.port_label != new.port_label
        || old.cluster != new.cluster
        || old_mesh.native != new_mesh.native
        || old_mesh.gateway != new_mesh.gateway
        || old_mesh.sidecar_task != new_mesh.sidecar_task
        || port(old_mesh) != port(new_mesh)
}
