//! Blocks of a job that this client does not obey yet. They fail the setup of the task, and never pass unnoticed.

use model::{Task, TaskGroup};

/// Names what of a group cannot be obeyed.
pub(crate) fn unsupported_in_group(group: &TaskGroup) -> Option<String> {
    let network = group.networks.iter().find(|network| !matches!(network.mode.as_str(), "" | "host"));
    if let Some(network) = network {
        return Some(format!("network mode {:?} is not supported yet", network.mode));
    }
    if group.volumes.values().any(|volume| volume.volume_type == "csi") {
        return Some("volume blocks of type \"csi\" are not supported yet".to_owned());
    }
    if group.max_run_duration.is_some_and(|limit| limit > model::Nanos::ZERO) {
        return Some("max_run_duration is not supported yet".to_owned());
    }
    if group.services.iter().any(|service| service.connect.is_some()) {
        return Some("connect blocks are not supported yet".to_owned());
    }
    None
}

/// Names what of a task cannot be obeyed.
pub(super) fn unsupported_in_task(task: &Task) -> Option<String> {
    let signed = |identity: &model::Identity| identity.env || identity.file;
    let networks = task.resources.iter().flat_map(|resources| &resources.networks);
    let blocks = [
        ("template", !task.templates.is_empty()),
        ("artifact", !task.artifacts.is_empty()),
        ("vault", task.vault.is_some()),
        ("volume_mount", !task.volume_mounts.is_empty()),
        ("csi_plugin", task.csi_plugin.is_some()),
        ("secret", !task.secrets.is_empty()),
        ("schedule", task.schedule.is_some()),
        ("identity", task.identity.iter().chain(&task.identities).any(signed)),
        ("connect", task.services.iter().any(|service| service.connect.is_some())),
        ("network (in resources)", networks.count() > 0),
    ];
    let (block, _) = blocks.iter().find(|(_, present)| *present)?;
    Some(format!("{block} blocks are not supported yet"))
}

/// Says that the services of a task, or of its group, are not registered; none without services.
pub(crate) fn unregistered_services(group: &TaskGroup, task: &Task) -> Option<String> {
    let names: Vec<&str> =
        group.services.iter().chain(&task.services).map(|service| service.name.as_str()).collect();
    (!names.is_empty())
        .then(|| format!("service registration is not supported yet; not registered: {}", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use model::{NetworkAsk, Service, Template};

    use super::*;

    #[test]
    fn what_is_not_obeyed_is_named() {
        let mut task = Task::default();
        assert_eq!(unsupported_in_task(&task), None);
        task.templates.push(Template::default());
        assert_eq!(unsupported_in_task(&task).as_deref(), Some("template blocks are not supported yet"));

        let mut group = TaskGroup::default();
        group.networks.push(NetworkAsk { mode: "host".to_owned(), ..NetworkAsk::default() });
        assert_eq!(unsupported_in_group(&group), None);
        group.networks[0].mode = "bridge".to_owned();
        let named = unsupported_in_group(&group);
        assert_eq!(named.as_deref(), Some("network mode \"bridge\" is not supported yet"));

        assert_eq!(unregistered_services(&group, &task), None);
        group.services.push(Service { name: "web".to_owned(), ..Service::default() });
        assert!(unregistered_services(&group, &task).is_some_and(|note| note.ends_with(": web")));
    }
}
