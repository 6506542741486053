//! `node status` of one node.

use std::collections::BTreeMap;

use api::view::{AllocView, HostStats, NodeView, ResourceUsage};

use crate::format::{Clock, KeyValue, Length, NONE, Table, go_duration, ibytes, mebibytes};

/// Everything that is shown of a node.
#[derive(Clone, Debug, Default)]
pub struct NodePage {
    /// The node.
    pub node: NodeView,
    /// Its allocations.
    pub allocs: Vec<AllocView>,
    /// Measurements of its host; `None` when it does not say.
    pub host: Option<HostStats>,
    /// What its running allocations use, of those that say.
    pub usage: Vec<ResourceUsage>,
    /// Shows every processor and disk of the host.
    pub stats: bool,
    /// Shows nothing but the node itself and its allocations.
    pub short: bool,
}

/// Returns the page of a node, without a final line break.
#[must_use]
pub fn node_status(page: &NodePage, clock: &Clock, length: Length) -> String {
    let full = length == Length::Full;
    let mut sections = vec![head(page, full)];
    if page.short {
        sections.push(format!("Allocations\n{}", allocations(&page.allocs, clock, length)));
        return sections.join("\n\n");
    }
    if full {
        sections.extend(host_volumes(&page.node));
        sections.push(format!("Drivers\n{}", drivers(&page.node, clock)));
    }
    sections.push(format!("Node Events\n{}", events(&page.node, clock, full)));
    sections.push(format!("Allocated Resources\n{}", allocated(page)));
    sections.extend(alloc_usage(page));
    sections.extend(host_usage(page));
    if let Some(host) = page.host.as_ref().filter(|_| page.stats) {
        sections.extend(super::stats::host_sections(host));
    }
    sections.push(format!("Allocations\n{}", allocations(&page.allocs, clock, length)));
    if full {
        sections.push(format!("Attributes\n{}", pairs(&page.node.attributes)));
        let meta: BTreeMap<String, String> = page
            .node
            .meta
            .iter()
            .map(|(key, value)| (key.clone(), value.clone().unwrap_or_default()))
            .collect();
        sections.push(format!("Meta\n{}", pairs(&meta)));
    }
    sections.join("\n\n")
}

fn head(page: &NodePage, full: bool) -> String {
    let node = &page.node;
    let names = |map: &BTreeMap<String, serde_json::Value>| {
        map.keys().map(String::as_str).collect::<Vec<_>>().join(",")
    };
    let head = KeyValue::new()
        .add("ID", &node.id)
        .add("Name", &node.name)
        .add("Node Pool", &node.node_pool)
        .add("Class", &node.node_class)
        .add("DC", &node.datacenter)
        .add("Drain", node.drain)
        .add("Eligibility", &node.scheduling_eligibility)
        .add("Status", &node.status)
        .add("CSI Controllers", names(&node.csi_controllers))
        .add("CSI Drivers", names(&node.csi_nodes))
        .add_some("Uptime", page.host.as_ref().map(|host| uptime(host.uptime)));
    if full {
        return head.render();
    }
    let volumes: Vec<&str> = node.host_volumes.keys().map(String::as_str).collect();
    head.add("Host Volumes", volumes.join(","))
        .add("Host Networks", names(&node.host_networks))
        .add("CSI Volumes", NONE)
        .add("Driver Status", driver_summary(node))
        .render()
}

fn uptime(seconds: u64) -> String {
    go_duration(i64::try_from(seconds).unwrap_or(0).saturating_mul(1_000_000_000))
}

fn driver_summary(node: &NodeView) -> String {
    let shown: Vec<String> = node
        .drivers
        .iter()
        .filter(|(_, driver)| driver.detected)
        .map(|(name, driver)| if driver.healthy { name.clone() } else { format!("{name} (unhealthy)") })
        .collect();
    shown.join(",")
}

fn host_volumes(node: &NodeView) -> Option<String> {
    let mut table = Table::new(&["Name", "ReadOnly", "Source"]);
    for (name, volume) in &node.host_volumes {
        table.row([name.as_str(), &volume.read_only.to_string(), &volume.path]);
    }
    (!table.is_empty()).then(|| format!("Host Volumes\n{}", table.render()))
}

fn drivers(node: &NodeView, clock: &Clock) -> String {
    let mut table = Table::new(&["Driver", "Detected", "Healthy", "Message", "Time"]);
    for (name, driver) in &node.drivers {
        table.row([
            name.clone(),
            driver.detected.to_string(),
            driver.healthy.to_string(),
            driver.health_description.clone(),
            clock.absolute_text(&driver.update_time).unwrap_or_default(),
        ]);
    }
    table.render()
}

fn events(node: &NodeView, clock: &Clock, full: bool) -> String {
    let mut header = vec!["Time", "Subsystem", "Message"];
    header.extend(full.then_some("Details"));
    let mut table = Table::new(&header);
    for event in node.events.iter().rev() {
        let mut row = vec![
            clock.absolute_text(&event.timestamp).unwrap_or_default(),
            event.subsystem.clone(),
            event.message.clone(),
        ];
        let details =
            || event.details.iter().map(|(key, value)| format!("{key}: {value}")).collect::<Vec<_>>();
        row.extend(full.then(|| details().join(", ")));
        table.row(row);
    }
    table.render()
}

/// What a node has for allocations: MHz, MiB of memory, MiB of disk.
fn capacity(node: &NodeView) -> (i64, i64, i64) {
    let (all, kept) = (&node.node_resources, &node.reserved_resources);
    (
        all.cpu.cpu_shares - kept.cpu.cpu_shares,
        all.memory.memory_mb - kept.memory.memory_mb,
        all.disk.disk_mb - kept.disk.disk_mb,
    )
}

fn allocated(page: &NodePage) -> String {
    let (mut cpu, mut memory, mut disk, mut count) = (0, 0, 0, 0);
    for alloc in page.allocs.iter().filter(|alloc| is_running(alloc)) {
        count += 1;
        let Some(resources) = &alloc.allocated_resources else { continue };
        cpu += resources.tasks.values().map(|task| task.cpu.cpu_shares).sum::<i64>();
        memory += resources.tasks.values().map(|task| task.memory.memory_mb).sum::<i64>();
        disk += resources.shared.disk_mb;
    }
    let (all_cpu, all_memory, all_disk) = capacity(&page.node);
    let mut table = Table::new(&["CPU", "Memory", "Disk", "Alloc Count"]);
    table.row([
        format!("{cpu}/{all_cpu} MHz"),
        format!("{}/{}", mebibytes(memory), mebibytes(all_memory)),
        format!("{}/{}", mebibytes(disk), mebibytes(all_disk)),
        count.to_string(),
    ]);
    table.render()
}

fn is_running(alloc: &AllocView) -> bool {
    matches!(alloc.client_status.as_str(), "pending" | "running")
}

fn alloc_usage(page: &NodePage) -> Option<String> {
    page.host.as_ref()?;
    let ticks = page.usage.iter().fold(0.0, |sum, usage| sum + usage.resource_usage.cpu_stats.total_ticks);
    let bytes = page.usage.iter().fold(0_u64, |sum, usage| {
        let memory = &usage.resource_usage.memory_stats;
        sum.saturating_add(if memory.rss > 0 { memory.rss } else { memory.usage })
    });
    let (cpu, memory, _) = capacity(&page.node);
    let mut table = Table::new(&["CPU", "Memory"]);
    table
        .row([format!("{:.0}/{cpu} MHz", ticks.floor()), format!("{}/{}", ibytes(bytes), mebibytes(memory))]);
    Some(format!("Allocation Resource Utilization\n{}", table.render()))
}

fn host_usage(page: &NodePage) -> Option<String> {
    let host = page.host.as_ref()?;
    let volume = page.node.attributes.get("unique.storage.volume");
    let named = host.disk_stats.iter().find(|disk| Some(&disk.device) == volume);
    let disk = named.or(host.alloc_dir_stats.as_ref());
    let disk = disk.map(|disk| format!("{}/{}", ibytes(disk.used), ibytes(disk.size))).unwrap_or_default();
    let mut table = Table::new(&["CPU", "Memory", "Disk"]);
    table.row([
        format!("{:.0}/{} MHz", host.cpu_ticks_consumed.floor(), page.node.node_resources.cpu.cpu_shares),
        format!("{}/{}", ibytes(host.memory.used), ibytes(host.memory.total)),
        disk,
    ]);
    Some(format!("Host Resource Utilization\n{}", table.render()))
}

fn allocations(allocs: &[AllocView], clock: &Clock, length: Length) -> String {
    if allocs.is_empty() {
        return "No allocations placed".to_owned();
    }
    let full = length == Length::Full;
    let mut header = vec!["ID"];
    header.extend(full.then_some("Eval ID"));
    header.extend(["Node ID", "Task Group", "Version", "Desired", "Status", "Created", "Modified"]);
    let mut sorted: Vec<&AllocView> = allocs.iter().collect();
    sorted.sort_by_key(|alloc| std::cmp::Reverse(alloc.create_time));
    let mut table = Table::new(&header);
    for alloc in sorted {
        let version = alloc.job.as_ref().map(|job| job.version.to_string()).unwrap_or_default();
        let mut row = vec![length.id(&alloc.id).to_owned()];
        row.extend(full.then(|| alloc.eval_id.clone()));
        row.extend([length.id(&alloc.node_id).to_owned(), alloc.task_group.clone(), version]);
        row.extend([alloc.desired_status.clone(), alloc.client_status.clone()]);
        row.extend([length.time(clock, alloc.create_time), length.time(clock, alloc.modify_time)]);
        table.row(row);
    }
    table.render()
}

fn pairs(map: &BTreeMap<String, String>) -> String {
    map.iter().fold(KeyValue::new(), |block, (key, value)| block.add(key, value)).render()
}
