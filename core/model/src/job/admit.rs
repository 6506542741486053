//! From a draft to the job that a server stores: defaults that only a server knows.
//!
//! Limits: no validation; see [`Job::validate`].

use crate::document::GoMap;
use crate::{Constraint, Identity, Job, JobDraft, Service, TaskGroup, Update};

/// Audience of every default identity.
const AUDIENCE: &str = "nomadproject.io";

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
        if let Some(parameterized) = job.parameterized.as_mut().filter(|one| one.payload.is_empty()) {
            "optional".clone_into(&mut parameterized.payload);
        }
        let (namespace, id) = (job.namespace.clone(), job.id.clone());
        for group in &mut job.task_groups {
            admit_group(group, &namespace, &id);
        }
        job
    }
}

fn admit_group(group: &mut TaskGroup, namespace: &str, job: &str) {
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
    group.services.iter_mut().for_each(|service| admit_service(service, namespace));
    for task in &mut group.tasks {
        task.services.iter_mut().for_each(|service| admit_service(service, namespace));
        let identity = task.identity.get_or_insert_with(Identity::default);
        "default".clone_into(&mut identity.name);
        identity.audience = vec![AUDIENCE.to_owned()];
        if let Some(logs) = &mut task.log_config {
            logs.enabled = None;
        }
    }
    imply_constraints(group);
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

/// Adds what services need of a node, unless the job says so already.
fn imply_constraints(group: &mut TaskGroup) {
    let services: Vec<&Service> =
        group.services.iter().chain(group.tasks.iter().flat_map(|task| &task.services)).collect();
    let native: Vec<&&Service> = services.iter().filter(|service| service.provider == "nomad").collect();
    if native.is_empty() {
        return;
    }
    let mut implied = vec![constraint("${attr.nomad.service_discovery}", "=", "true")];
    if native.iter().any(|service| !service.checks.is_empty()) {
        implied.push(constraint("${attr.nomad.version}", "semver", ">= 1.4.0"));
    }
    for one in implied {
        if !group.constraints.contains(&one) {
            group.constraints.push(one);
        }
    }
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
