//! Allocations: lists and the page of one.

use std::collections::BTreeMap;

use api::view::{AllocStub, AllocView, CheckStatus, Metric, NetworkView, ResourceUsage};

use super::alloc_tasks::{short_tasks, task_sections};
use crate::format::{Clock, KeyValue, Length, Table, go_duration, metric_lines};

/// Everything that is shown of an allocation.
#[derive(Clone, Debug, Default)]
pub struct AllocPage {
    /// The allocation.
    pub alloc: AllocView,
    /// Results of its checks.
    pub checks: BTreeMap<String, CheckStatus>,
    /// What it uses; `None` when its node does not say.
    pub usage: Option<ResourceUsage>,
    /// Shows in detail what the tasks use.
    pub stats: bool,
}

/// Returns allocations as a table in the given order, or says that there are none.
#[must_use]
pub fn alloc_table(allocs: &[AllocStub], clock: &Clock, length: Length) -> String {
    if allocs.is_empty() {
        return "No allocations placed".to_owned();
    }
    let full = length == Length::Full;
    let mut header = vec!["ID"];
    header.extend(full.then_some("Eval ID"));
    header.push("Node ID");
    header.extend(full.then_some("Node Name"));
    header.extend(["Task Group", "Version", "Desired", "Status", "Created", "Modified"]);
    let mut table = Table::new(&header);
    for alloc in allocs {
        let mut row = vec![length.id(&alloc.id).to_owned()];
        row.extend(full.then(|| alloc.eval_id.clone()));
        row.push(length.id(&alloc.node_id).to_owned());
        row.extend(full.then(|| alloc.node_name.clone()));
        row.extend([alloc.task_group.clone(), alloc.job_version.to_string()]);
        row.extend([alloc.desired_status.clone(), alloc.client_status.clone()]);
        row.extend([length.time(clock, alloc.create_time), length.time(clock, alloc.modify_time)]);
        table.row(row);
    }
    table.render()
}

/// Returns the short page of an allocation: its name and its tasks.
#[must_use]
pub fn alloc_short(alloc: &AllocView, clock: &Clock, length: Length) -> String {
    let head = KeyValue::new()
        .add("ID", &alloc.id)
        .add("Name", &alloc.name)
        .add("Created", length.time(clock, alloc.create_time))
        .add("Modified", length.time(clock, alloc.modify_time))
        .render();
    format!("{head}\n\nTasks\n{}", short_tasks(alloc, clock))
}

/// Returns the page of an allocation, without a final line break.
#[must_use]
pub fn alloc_status(page: &AllocPage, clock: &Clock, length: Length) -> String {
    let alloc = &page.alloc;
    let mut sections = vec![head(alloc, clock, length)];
    sections.extend(addresses(alloc));
    sections.extend(checks(&page.checks));
    sections.extend(task_sections(page, clock));
    if let (Length::Full, Some(metrics)) = (length, &alloc.metrics) {
        let mut lines = vec!["Placement Metrics".to_owned()];
        lines.extend(metric_lines(metrics, "  ").into_iter().filter(|_| metrics.nodes_evaluated > 0));
        lines.extend(scores(metrics));
        sections.push(lines.join("\n"));
    }
    sections.join("\n\n")
}

fn head(alloc: &AllocView, clock: &Clock, length: Length) -> String {
    let version = alloc.job.as_ref().map(|job| job.version);
    let some = |text: &str| (!text.is_empty()).then(|| length.id(text).to_owned());
    let health = alloc.deployment_status.as_ref().map(|status| match status.healthy {
        None => "unset",
        Some(true) => "healthy",
        Some(false) => "unhealthy",
    });
    let canary = alloc.deployment_status.as_ref().is_some_and(|status| status.canary);
    let deployed = !alloc.deployment_id.is_empty();
    let mut head = KeyValue::new()
        .add("ID", &alloc.id)
        .add("Eval ID", length.id(&alloc.eval_id))
        .add("Name", &alloc.name)
        .add("Node ID", length.id(&alloc.node_id))
        .add("Node Name", &alloc.node_name)
        .add("Job ID", &alloc.job_id)
        .add("Job Version", version.map(|version| version.to_string()).unwrap_or_default())
        .add("Client Status", &alloc.client_status)
        .add("Client Description", &alloc.client_description)
        .add("Desired Status", &alloc.desired_status)
        .add("Desired Description", &alloc.desired_description)
        .add("Created", length.time(clock, alloc.create_time))
        .add("Modified", length.time(clock, alloc.modify_time))
        .add_some("Deployment ID", some(&alloc.deployment_id))
        .add_some("Deployment Health", health.or(deployed.then_some("unset")))
        .add_some("Canary", canary.then_some("true"))
        .add_some("Reschedule Attempts", reschedule_attempts(alloc))
        .add_some("Replacement Alloc ID", some(&alloc.next_allocation));
    if let (Length::Full, Some(metrics)) = (length, &alloc.metrics) {
        head = head
            .add("Evaluated Nodes", metrics.nodes_evaluated)
            .add("Filtered Nodes", metrics.nodes_filtered)
            .add("Exhausted Nodes", metrics.nodes_exhausted)
            .add("Allocation Time", go_duration(i64::try_from(metrics.allocation_time).unwrap_or(i64::MAX)))
            .add("Failures", metrics.coalesced_failures);
    }
    head.render()
}

/// Returns how often the allocation was rescheduled, of how often it may be.
fn reschedule_attempts(alloc: &AllocView) -> Option<String> {
    let events = alloc.reschedule_tracker.as_ref()?.get("Events")?.as_array()?.len();
    let groups = &alloc.job.as_ref()?.task_groups;
    let policy = groups.iter().find(|group| group.name == alloc.task_group)?.reschedule_policy.as_ref()?;
    (!policy.unlimited && policy.attempts > 0).then(|| format!("{events}/{}", policy.attempts))
}

fn addresses(alloc: &AllocView) -> Option<String> {
    let networks = &alloc.allocated_resources.as_ref()?.shared.networks;
    let network = networks.first()?;
    let mut table = Table::new(&["Label", "Dynamic", "Address"]);
    for row in ports(network, "*") {
        table.row(row);
    }
    let mode = if network.mode.is_empty() || network.mode == "host" {
        String::new()
    } else {
        format!(" (mode = {:?})", network.mode)
    };
    (!table.is_empty()).then(|| format!("Allocation Addresses{mode}:\n{}", table.render()))
}

/// Returns label, whether it is dynamic, and address of the ports of a network.
pub(super) fn ports(network: &NetworkView, lead: &str) -> Vec<[String; 3]> {
    let fixed = network.reserved_ports.iter().map(|port| (port, ""));
    let dynamic = network.dynamic_ports.iter().map(|port| (port, "yes"));
    fixed
        .chain(dynamic)
        .map(|(port, kind)| {
            let host = if port.host_ip.is_empty() { &network.ip } else { &port.host_ip };
            let to = if port.to > 0 { format!(" -> {}", port.to) } else { String::new() };
            [format!("{lead}{}", port.label), kind.to_owned(), format!("{host}:{}{to}", port.value)]
        })
        .collect()
}

fn checks(checks: &BTreeMap<String, CheckStatus>) -> Option<String> {
    let mut sorted: Vec<&CheckStatus> = checks.values().collect();
    sorted.sort_by_key(|check| (&check.service, &check.task, &check.check));
    let mut table = Table::new(&["Service", "Task", "Name", "Mode", "Status"]);
    for check in sorted {
        let task = if check.task.is_empty() { "(group)" } else { &check.task };
        table.row([check.service.as_str(), task, &check.check, &check.mode, &check.status]);
    }
    (!table.is_empty()).then(|| format!("Nomad Service Checks:\n{}", table.render()))
}

fn scores(metrics: &Metric) -> Option<String> {
    let names: std::collections::BTreeSet<&str> =
        metrics.score_meta_data.iter().flat_map(|node| node.scores.keys()).map(String::as_str).collect();
    let header: Vec<&str> =
        std::iter::once("Node").chain(names.iter().copied()).chain(std::iter::once("final score")).collect();
    let mut table = Table::new(&header);
    for node in &metrics.score_meta_data {
        let parts = names.iter().map(|name| three_digits(node.scores.get(*name).copied().unwrap_or(0.0)));
        let row = std::iter::once(node.node_id.clone()).chain(parts);
        table.row(row.chain(std::iter::once(three_digits(node.norm_score))));
    }
    (!table.is_empty()).then(|| table.render())
}

/// Returns a number with three significant digits.
pub(super) fn three_digits(number: f64) -> String {
    if number == 0.0 || !number.is_finite() {
        return "0".to_owned();
    }
    let magnitude = number.abs().log10().floor() as i32;
    let decimals = usize::try_from(2 - magnitude).unwrap_or(0);
    let text = format!("{number:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}
