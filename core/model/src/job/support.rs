//! What a job may say and no part of this release obeys yet: the one table of it.
//!
//! Such a job is parsed, validated, stored and returned; registering it warns with these texts, and an allocation of it
//! fails with the same text before anything of it starts. Limits: what only a server would do is refused at
//! registration instead, see `validate/admission.rs`; a feature leaves the table with the change that builds it.

use std::fmt;

use crate::{ConsulBlock, Identity, Job, Nanos, Service, Task, TaskGroup};

/// Something that a group or a task asks for and does not get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsupported {
    /// The group.
    pub group: String,
    /// The task; none when the whole group asks for it.
    pub task: Option<String>,
    /// What it asks for, as a sentence without its place.
    pub what: String,
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "group {:?}", self.group)?;
        if let Some(task) = &self.task {
            write!(f, " task {task:?}")?;
        }
        write!(f, ": {}", self.what)
    }
}

impl Job {
    /// Everything that the job asks for and does not get, in the order of its groups and tasks.
    #[must_use]
    pub fn unsupported(&self) -> Vec<Unsupported> {
        let mut found = Vec::new();
        for group in &self.task_groups {
            let place = |task: Option<&Task>, what| Unsupported {
                group: group.name.clone(),
                task: task.map(|task| task.name.clone()),
                what,
            };
            found.extend(group.unsupported().into_iter().map(|what| place(None, what)));
            for task in &group.tasks {
                found.extend(task.unsupported().into_iter().map(|what| place(Some(task), what)));
            }
        }
        found
    }
}

impl TaskGroup {
    /// What the group itself asks for and does not get; its tasks are not looked at.
    #[must_use]
    pub fn unsupported(&self) -> Vec<String> {
        let other_mode = |mode: &&str| !matches!(*mode, "" | "host");
        let mode = self.networks.iter().map(|network| network.mode.as_str()).find(other_mode);
        let mode = mode.map(|mode| format!("network mode {mode:?} is not supported yet"));
        let rows = [
            (
                "volume blocks of type \"csi\" are not supported yet",
                self.volumes.values().any(|volume| volume.volume_type == "csi"),
            ),
            (
                "max_run_duration is not supported yet",
                self.max_run_duration.is_some_and(|limit| limit > Nanos::ZERO),
            ),
            (OTHER_CONSUL, other_consul(self.consul.as_ref(), &self.services)),
            (
                "connect blocks are not supported yet",
                self.services.iter().any(|service| service.connect.is_some()),
            ),
        ];
        let rows = rows.into_iter().filter(|(_, asked)| *asked).map(|(text, _)| text.to_owned());
        mode.into_iter().chain(rows).collect()
    }
}

impl Task {
    /// What the task asks for and does not get.
    #[must_use]
    pub fn unsupported(&self) -> Vec<String> {
        let signed = |identity: &Identity| identity.env || identity.file;
        let networks = self.resources.iter().flat_map(|resources| &resources.networks);
        let blocks = [
            ("template", !self.templates.is_empty()),
            ("artifact", !self.artifacts.is_empty()),
            ("vault", self.vault.is_some()),
            ("volume_mount", !self.volume_mounts.is_empty()),
            ("csi_plugin", self.csi_plugin.is_some()),
            ("secret", !self.secrets.is_empty()),
            ("schedule", self.schedule.is_some()),
            ("identity", self.identity.iter().chain(&self.identities).any(signed)),
            ("connect", self.services.iter().any(|service| service.connect.is_some())),
            ("network (in resources)", networks.count() > 0),
        ];
        let asked = blocks.into_iter().filter(|(_, asked)| *asked);
        let blocks = asked.map(|(block, _)| format!("{block} blocks are not supported yet"));
        let consul = other_consul(self.consul.as_ref(), &self.services).then(|| OTHER_CONSUL.to_owned());
        blocks.chain(consul).collect()
    }
}

const OTHER_CONSUL: &str = "Consul clusters other than \"default\" are not supported yet";

/// Says whether a block or a service names a Consul cluster besides the one that an agent may be configured with.
fn other_consul(block: Option<&ConsulBlock>, services: &[Service]) -> bool {
    let of_services = services.iter().filter(|service| service.provider != "nomad").map(|s| &s.cluster);
    let mut named = block.map(|block| &block.cluster).into_iter().chain(of_services);
    named.any(|cluster| !matches!(cluster.as_str(), "" | "default"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{NetworkAsk, Template};

    #[test]
    fn what_is_not_obeyed_is_named_with_its_place() {
        let mut task = Task { name: "t".to_owned(), ..Task::default() };
        assert_eq!(task.unsupported(), Vec::<String>::new());
        task.templates.push(Template::default());
        let network = |mode: &str| NetworkAsk { mode: mode.to_owned(), ..NetworkAsk::default() };
        let mut group = TaskGroup { name: "g".to_owned(), tasks: vec![task], ..TaskGroup::default() };
        group.networks.push(network("host"));
        assert_eq!(group.unsupported(), Vec::<String>::new());
        group.networks.push(network("bridge"));
        group.services.push(Service { cluster: "west".to_owned(), ..Service::default() });
        let job = Job { task_groups: vec![group], ..Job::default() };
        let texts: Vec<String> = job.unsupported().iter().map(ToString::to_string).collect();
        let wanted = [
            "group \"g\": network mode \"bridge\" is not supported yet",
            "group \"g\": Consul clusters other than \"default\" are not supported yet",
            "group \"g\" task \"t\": template blocks are not supported yet",
        ];
        assert_eq!(texts, wanted);
    }
}
