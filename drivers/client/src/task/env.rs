//! The environment of a task.
//!
//! Built in this order, later ones winning: what the client says (`NOMAD_*`), metadata, the host's environment (which
//! never wins, and without what is secret), the task's `env` block.

use std::collections::BTreeMap;
use std::net::IpAddr;

use driver::{FsIsolation, Resources, TaskDirs};
use model::{AssignedPort, Job, Node, Task, TaskGroup};

use super::context::AllocContext;
use super::interpolate::Scope;

type Env = BTreeMap<String, String>;

/// Variables of the agent that no task gets to see.
const DENIED: [&str; 17] = [
    "CONSUL_TOKEN",
    "CONSUL_HTTP_TOKEN",
    "CONSUL_HTTP_TOKEN_FILE",
    "NOMAD_TOKEN",
    "VAULT_TOKEN",
    "CONSUL_LICENSE",
    "NOMAD_LICENSE",
    "VAULT_LICENSE",
    "CONSUL_LICENSE_PATH",
    "NOMAD_LICENSE_PATH",
    "VAULT_LICENSE_PATH",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_METADATA_URL",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "GOOGLE_OAUTH_ACCESS_TOKEN",
];

/// What the environment of a task follows from.
pub(super) struct Inputs<'a> {
    pub(super) alloc: &'a AllocContext,
    pub(super) group: &'a TaskGroup,
    pub(super) task: &'a Task,
    pub(super) node: &'a Node,
    pub(super) region: &'a str,
    pub(super) cgroup_parent: Option<&'a str>,
    pub(super) resources: &'a Resources,
    pub(super) dirs: &'a TaskDirs,
    pub(super) isolation: FsIsolation,
    /// The agent's own environment.
    pub(super) host: &'a Env,
}

/// Returns the whole environment of a task.
pub(super) fn environment(inputs: &Inputs<'_>) -> Env {
    let mut env = Env::new();
    names(inputs, &mut env);
    limits(inputs, &mut env);
    for port in &inputs.alloc.assigned.ports {
        add_port(port, &mut env);
    }
    metadata(&inputs.alloc.job, inputs.group, inputs.task, &mut env);
    if inputs.isolation != FsIsolation::Image {
        for (key, value) in inputs.host.iter().filter(|(key, _)| !DENIED.contains(&key.as_str())) {
            env.entry(key.clone()).or_insert_with(|| value.clone());
        }
    }
    let scope = Scope { node: inputs.node, region: inputs.region, env: &env };
    let own: Env = inputs.task.env.iter().map(|(key, value)| (scope.text(key), scope.text(value))).collect();
    env.extend(own);
    env
}

/// Returns what the services of a group, or of one of its tasks, are interpolated with.
pub(crate) fn service_environment(
    alloc: &AllocContext,
    group: &TaskGroup,
    task: Option<&Task>,
    node: &Node,
    region: &str,
) -> Env {
    let mut env = Env::new();
    let none = Task::default();
    let task = task.unwrap_or(&none);
    who(alloc, task, node, region, &mut env);
    for port in &alloc.assigned.ports {
        add_port(port, &mut env);
    }
    metadata(&alloc.job, group, task, &mut env);
    let scope = Scope { node, region, env: &env };
    let own: Env = task.env.iter().map(|(key, value)| (scope.text(key), scope.text(value))).collect();
    env.extend(own);
    env
}

fn names(inputs: &Inputs<'_>, env: &mut Env) {
    let Inputs { alloc, dirs, isolation, .. } = inputs;
    let (shared, local, secrets) = match isolation {
        FsIsolation::None => (dirs.shared.clone(), dirs.local.clone(), dirs.secrets.clone()),
        FsIsolation::Chroot | FsIsolation::Image => ("/alloc".into(), "/local".into(), "/secrets".into()),
    };
    let mut put = |key: &str, value: String| {
        if !value.is_empty() {
            env.insert(key.to_owned(), value);
        }
    };
    put("NOMAD_ALLOC_DIR", shared.to_string_lossy().into_owned());
    put("NOMAD_TASK_DIR", local.to_string_lossy().into_owned());
    put("NOMAD_SECRETS_DIR", secrets.to_string_lossy().into_owned());
    put("NOMAD_PARENT_CGROUP", inputs.cgroup_parent.unwrap_or_default().to_owned());
    who(alloc, inputs.task, inputs.node, inputs.region, env);
}

/// Who a task is.
fn who(alloc: &AllocContext, task: &Task, node: &Node, region: &str, env: &mut Env) {
    let id = alloc.id.to_string();
    let mut put = |key: &str, value: String| {
        if !value.is_empty() {
            env.insert(key.to_owned(), value);
        }
    };
    put("NOMAD_SHORT_ALLOC_ID", id[..8].to_owned());
    put("NOMAD_ALLOC_ID", id);
    put("NOMAD_ALLOC_NAME", alloc.name());
    put("NOMAD_ALLOC_INDEX", alloc.index.to_string());
    put("NOMAD_TASK_NAME", task.name.clone());
    put("NOMAD_GROUP_NAME", alloc.group.to_string());
    put("NOMAD_JOB_ID", alloc.job.id.clone());
    put("NOMAD_JOB_NAME", alloc.job.name.clone());
    put("NOMAD_JOB_PARENT_ID", alloc.job.parent_id.clone());
    put("NOMAD_DC", node.datacenter.to_string());
    put("NOMAD_REGION", region.to_owned());
    put("NOMAD_NAMESPACE", alloc.job.namespace.clone());
}

fn limits(inputs: &Inputs<'_>, env: &mut Env) {
    let resources = inputs.resources;
    env.insert("NOMAD_MEMORY_LIMIT".to_owned(), resources.memory_mb.to_string());
    env.insert("NOMAD_CPU_LIMIT".to_owned(), resources.cpu_mhz.to_string());
    if let Some(max) = resources.memory_max_mb {
        env.insert("NOMAD_MEMORY_MAX_LIMIT".to_owned(), max.to_string());
    }
    if let Some(cores) = &resources.cores {
        env.insert("NOMAD_CPU_CORES".to_owned(), cores.clone());
    }
}

fn add_port(port: &AssignedPort, env: &mut Env) {
    let label = clean(&port.label);
    let inner = if port.to > 0 { port.to } else { port.value };
    let mut put = |family: &str, value: String| env.insert(format!("NOMAD_{family}_{label}"), value);
    put("IP", port.host_ip.to_string());
    put("PORT", inner.to_string());
    put("ADDR", address(&port.host_ip, inner));
    put("HOST_IP", port.host_ip.to_string());
    put("HOST_PORT", port.value.to_string());
    put("HOST_ADDR", address(&port.host_ip, port.value));
    put("ALLOC_PORT", inner.to_string());
}

fn address(ip: &str, port: u16) -> String {
    match ip.parse() {
        Ok(IpAddr::V6(ip)) => format!("[{ip}]:{port}"),
        _ => format!("{ip}:{port}"),
    }
}

/// Metadata of job, group and task; the innermost wins. Keys appear as they are, cleaned, and in upper case.
fn metadata(job: &Job, group: &TaskGroup, task: &Task, env: &mut Env) {
    let optional = job.parameterized.iter().flat_map(|rules| &rules.meta_optional);
    let mut merged: BTreeMap<&str, &str> = optional.map(|key| (key.as_str(), "")).collect();
    for meta in [&job.meta, &group.meta, &task.meta] {
        merged.extend(meta.iter().map(|(key, value)| (key.as_str(), value.as_str())));
    }
    for (key, value) in merged {
        for name in [key.to_owned(), clean(key), clean(&key.to_uppercase())] {
            env.insert(format!("NOMAD_META_{name}"), value.to_owned());
        }
    }
}

/// Replaces what may not be part of a variable's name.
fn clean(key: &str) -> String {
    key.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '_' | '.') { c } else { '_' }).collect()
}
