//! From a draft to the job that a server stores: defaults that only a server knows.
//!
//! Limits: no validation; see [`Job::validate`].

use std::collections::BTreeSet;

use crate::document::GoMap;
use crate::{Constraint, Identity, Job, JobDraft, Service, TaskGroup, Update};

/// Audience of every default identity.
const AUDIENCE: &str = "nomadproject.io";
/// Priority of a job that says none.
const DEFAULT_PRIORITY: i64 = 50;

impl JobDraft {
    /// The canonical job that a server of `region` stores for this draft.
    #[must_use]
    pub fn admit(mut self, region: &str) -> Job {
        self.canonicalise();
        let mut job = self.resolve();
        if job.region.is_empty() || job.region == "global" {
            region.clone_into(&mut job.region);
        }
        if job.datacenters.is_empty() {
            job.datacenters.push("*".to_owned());
        }
        if job.node_pool.is_empty() {
            "default".clone_into(&mut job.node_pool);
        }
        // Only these two mean anything at the level of the job; groups have the rest.
        job.update = job.update.take().map(|update| Update {
            stagger: update.stagger,
            max_parallel: update.max_parallel,
            ..Update::default()
        });
        if job.priority == 0 {
            job.priority = DEFAULT_PRIORITY;
        }
        if let Some(parameterized) = job.parameterized.as_mut().filter(|one| one.payload.is_empty()) {
            "optional".clone_into(&mut parameterized.payload);
        }
        let names = Names { namespace: job.namespace.clone(), id: job.id.clone(), job: job.name.clone() };
        for group in &mut job.task_groups {
            admit_group(group, &names);
        }
        job
    }
}

/// What groups need to know of their job.
struct Names {
    namespace: String,
    id: String,
    job: String,
}

fn admit_group(group: &mut TaskGroup, names: &Names) {
    let (namespace, job) = (names.namespace.as_str(), names.id.as_str());
    if let Some(scaling) = &mut group.scaling {
        scaling.target = GoMap::from([
            ("Namespace".to_owned(), namespace.to_owned()),
            ("Job".to_owned(), job.to_owned()),
            ("Group".to_owned(), group.name.clone()),
        ]);
        if scaling.id.is_empty() {
            scaling.id = crate::EvalId::derive(&text_parts(&[namespace, job, &group.name])).to_string();
        }
    }
    for network in &mut group.networks {
        for port in network.reserved_ports.iter_mut().chain(&mut network.dynamic_ports) {
            if port.host_network.is_empty() {
                "default".clone_into(&mut port.host_network);
            }
        }
    }
    // Volumes of other types are no volumes.
    group.volumes.retain(|_, volume| ["host", "csi"].contains(&volume.volume_type.as_str()));
    let base = format!("{}-{}", names.job, group.name);
    let known = [("JOB", names.job.as_str()), ("TASKGROUP", group.name.as_str()), ("BASE", base.as_str())];
    for service in &mut group.services {
        service.name = expand(&service.name, &known);
        admit_service(service, namespace);
    }
    for task in &mut group.tasks {
        for policy in &mut task.scaling_policies {
            policy.target = GoMap::from([
                ("Namespace".to_owned(), namespace.to_owned()),
                ("Job".to_owned(), job.to_owned()),
                ("Group".to_owned(), group.name.clone()),
                ("Task".to_owned(), task.name.clone()),
            ]);
            if policy.id.is_empty() {
                let parts = [namespace, job, &group.name, &task.name, &policy.scaling_type];
                policy.id = crate::EvalId::derive(&text_parts(&parts)).to_string();
            }
        }
        let base = format!("{base}-{}", task.name);
        let known = [
            ("JOB", names.job.as_str()),
            ("TASKGROUP", group.name.as_str()),
            ("TASK", task.name.as_str()),
            ("BASE", base.as_str()),
        ];
        for service in &mut task.services {
            service.name = expand(&service.name, &known);
            admit_service(service, namespace);
        }
        let identity = task.identity.get_or_insert_with(Identity::default);
        "default".clone_into(&mut identity.name);
        identity.audience = vec![AUDIENCE.to_owned()];
        for identity in task.identity.iter_mut().chain(&mut task.identities) {
            identity.change_signal = identity.change_signal.to_uppercase();
        }
        if let Some(logs) = &mut task.log_config {
            logs.enabled = None;
        }
    }
    imply_constraints(group);
}

/// The text with the names that a server knows in it; what else is between `${` and `}` waits for the client.
fn expand(text: &str, known: &[(&str, &str)]) -> String {
    known.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("${{{name}}}"), value))
}

fn admit_service(service: &mut Service, namespace: &str) {
    if service.namespace.is_empty() {
        let consul = service.provider == "consul";
        if consul { "default" } else { namespace }.clone_into(&mut service.namespace);
    }
    for check in service.checks.iter_mut().filter(|check| check.name.is_empty()) {
        check.name = format!("service: {:?} check", service.name);
    }
}

/// Adds what signals, services and identities need of a node, unless the job says so already.
fn imply_constraints(group: &mut TaskGroup) {
    let services: Vec<&Service> =
        group.services.iter().chain(group.tasks.iter().flat_map(|task| &task.services)).collect();
    let mut implied = Vec::new();
    let signals = signals(group);
    if !signals.is_empty() {
        let list = signals.into_iter().collect::<Vec<_>>().join(",");
        implied.push(constraint("${attr.os.signals}", "set_contains", &list));
    }
    let identities = services.iter().any(|service| service.identity.is_some())
        || group.tasks.iter().any(|task| !task.identities.is_empty());
    let native: Vec<&&Service> = services.iter().filter(|service| service.provider == "nomad").collect();
    if !native.is_empty() {
        implied.push(constraint("${attr.nomad.service_discovery}", "=", "true"));
    }
    if native.iter().any(|service| !service.checks.is_empty()) {
        implied.push(constraint("${attr.nomad.version}", "semver", ">= 1.4.0"));
    }
    if identities {
        implied.push(constraint("${attr.nomad.version}", "semver", ">= 1.7.0-a"));
    }
    for one in implied {
        if !group.constraints.contains(&one) {
            group.constraints.push(one);
        }
    }
}

/// The signals that the tasks of a group may be sent.
fn signals(group: &TaskGroup) -> BTreeSet<&str> {
    let mut signals = BTreeSet::new();
    for task in &group.tasks {
        signals.insert(task.kill_signal.as_str());
        let templates =
            task.templates.iter().map(|one| (one.change_mode.as_str(), one.change_signal.as_str()));
        let identities = task.identity.iter().chain(&task.identities);
        let identities = identities.map(|one| (one.change_mode.as_str(), one.change_signal.as_str()));
        let vault = task.vault.iter().map(|one| (one.change_mode.as_str(), one.change_signal.as_str()));
        let changes = templates.chain(identities).chain(vault);
        signals.extend(changes.filter(|(mode, _)| *mode == "signal").map(|(_, signal)| signal));
    }
    signals.remove("");
    signals
}

fn constraint(ltarget: &str, operand: &str, rtarget: &str) -> Constraint {
    Constraint { ltarget: ltarget.to_owned(), operand: operand.to_owned(), rtarget: rtarget.to_owned() }
}

/// Texts as numbers, so that an id follows from them.
fn text_parts(texts: &[&str]) -> Vec<u128> {
    let mut parts = Vec::new();
    for text in texts {
        parts.push(text.len() as u128);
        for chunk in text.as_bytes().chunks(16) {
            let mut word = [0; 16];
            word[..chunk.len()].copy_from_slice(chunk);
            parts.push(u128::from_le_bytes(word));
        }
    }
    parts
}
