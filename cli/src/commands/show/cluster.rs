//! Namespaces, node pools and how the cluster schedules.

use std::collections::BTreeMap;

use api::view::{JobStub, NamespaceView, NodePoolView, NodeStub, SchedulerConfigView};

use super::job_list;
use crate::format::{Clock, KeyValue, Length, Table, go_duration};

/// How long the identities of nodes are valid when a pool says nothing: a day.
const IDENTITY_TTL_NS: i64 = 86_400_000_000_000;

/// Returns namespaces as a table.
#[must_use]
pub fn namespace_list(namespaces: &[NamespaceView]) -> String {
    if namespaces.is_empty() {
        return "No namespaces found".to_owned();
    }
    let mut table = Table::new(&["Name", "Description"]);
    for namespace in namespaces {
        table.row([&namespace.name, &namespace.description]);
    }
    table.render()
}

/// Returns a namespace as blocks.
#[must_use]
pub fn namespace(namespace: &NamespaceView) -> String {
    let capabilities = namespace.capabilities.clone().unwrap_or_default();
    let all_or = |names: &[String]| if names.is_empty() { "*".to_owned() } else { names.join(",") };
    let mut text = KeyValue::new()
        .add("Name", &namespace.name)
        .add("Description", &namespace.description)
        .add("Quota", &namespace.quota)
        .add("Enabled Drivers", all_or(&capabilities.enabled_task_drivers))
        .add("Disabled Drivers", capabilities.disabled_task_drivers.join(","))
        .add("Enabled Network Modes", all_or(&capabilities.enabled_network_modes))
        .add("Disabled Network Modes", capabilities.disabled_network_modes.join(","))
        .render();
    if !namespace.meta.is_empty() {
        text.push_str(&format!("\n\nMetadata\n{}", meta(&namespace.meta)));
    }
    if let Some(pools) = &namespace.node_pool_configuration {
        let block = KeyValue::new()
            .add("Default", &pools.default)
            .add("Allowed", all_or(&pools.allowed))
            .add("Denied", pools.denied.join(","))
            .render();
        text.push_str(&format!("\n\nNode Pool Configuration\n{block}"));
    }
    text
}

/// Returns node pools as a table.
#[must_use]
pub fn node_pool_list(pools: &[NodePoolView]) -> String {
    if pools.is_empty() {
        return "No node pools".to_owned();
    }
    let mut table = Table::new(&["Name", "Description"]);
    for pool in pools {
        table.row([&pool.name, &pool.description]);
    }
    table.render()
}

/// Returns a node pool as blocks.
#[must_use]
pub fn node_pool(pool: &NodePoolView) -> String {
    let ttl = if pool.node_identity_ttl == 0 { IDENTITY_TTL_NS } else { pool.node_identity_ttl };
    let head = KeyValue::new()
        .add("Name", &pool.name)
        .add("Description", &pool.description)
        .add("Node Identity TTL", go_duration(ttl))
        .render();
    let metadata = if pool.meta.is_empty() { "No metadata".to_owned() } else { meta(&pool.meta) };
    let scheduler = match &pool.scheduler_configuration {
        None => "No scheduler configuration".to_owned(),
        Some(config) => KeyValue::new()
            .add_some(
                "Scheduler Algorithm",
                Some(&config.scheduler_algorithm).filter(|name| !name.is_empty()),
            )
            .add_some("Memory Oversubscription Enabled", config.memory_oversubscription_enabled)
            .render(),
    };
    format!("{head}\n\nMetadata\n{metadata}\n\nScheduler Configuration\n{scheduler}")
}

/// Returns the nodes of a pool as a table.
#[must_use]
pub fn pool_node_list(nodes: &[NodeStub], length: Length) -> String {
    if nodes.is_empty() {
        return "No nodes".to_owned();
    }
    let mut table = Table::new(&["ID", "DC", "Name", "Class", "Drain", "Eligibility", "Status"]);
    for node in nodes {
        table.row([
            length.id(&node.id),
            &node.datacenter,
            &node.name,
            &node.node_class,
            &node.drain.to_string(),
            &node.scheduling_eligibility,
            &node.status,
        ]);
    }
    table.render()
}

/// Returns the jobs of a pool as a table.
#[must_use]
pub fn pool_job_list(jobs: &[JobStub], clock: &Clock) -> String {
    if jobs.is_empty() {
        return "No jobs".to_owned();
    }
    job_list(jobs, clock, false)
}

/// Returns how the cluster schedules.
#[must_use]
pub fn scheduler_config(config: &SchedulerConfigView) -> String {
    let preemption = &config.preemption_config;
    KeyValue::new()
        .add("Scheduler Algorithm", &config.scheduler_algorithm)
        .add("Memory Oversubscription", config.memory_oversubscription_enabled)
        .add("Reject Job Registration", config.reject_job_registration)
        .add("Pause Eval Broker", config.pause_eval_broker)
        .add("Preemption System Scheduler", preemption.system_scheduler_enabled)
        .add("Preemption Service Scheduler", preemption.service_scheduler_enabled)
        .add("Preemption Batch Scheduler", preemption.batch_scheduler_enabled)
        .add("Preemption SysBatch Scheduler", preemption.sys_batch_scheduler_enabled)
        .add("Node Limit For Feasibility Checks", config.node_limit_for_feasibility_checks)
        .add("Modify Index", config.modify_index)
        .render()
}

fn meta(pairs: &BTreeMap<String, String>) -> String {
    let block = pairs.iter().fold(KeyValue::new(), |block, (key, value)| block.add(key, value));
    block.render()
}
