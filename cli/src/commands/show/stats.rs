//! Measurements in detail, for `-stats`.
//!
//! Limits: of a task only what its driver measures is shown.

use api::view::{HostStats, TaskUsage};

use crate::format::{KeyValue, Table, go_duration, ibytes};

/// Returns sections about processors, memory and disks of a host.
pub(super) fn host_sections(host: &HostStats) -> Vec<String> {
    let percent = |part: f64| format!("{part:.2}%");
    let mut processors = Table::new(&["CPU", "User", "System", "Idle"]);
    for cpu in &host.cpu {
        processors.row([cpu.cpu.clone(), percent(cpu.user), percent(cpu.system), percent(cpu.idle)]);
    }
    let memory = KeyValue::new()
        .add("Total", ibytes(host.memory.total))
        .add("Available", ibytes(host.memory.available))
        .add("Used", ibytes(host.memory.used))
        .add("Free", ibytes(host.memory.free));
    let mut disks =
        Table::new(&["Device", "Mount Point", "Size", "Used", "Available", "Used Percent", "Inodes Percent"]);
    for disk in &host.disk_stats {
        disks.row([
            disk.device.clone(),
            disk.mountpoint.clone(),
            ibytes(disk.size),
            ibytes(disk.used),
            ibytes(disk.available),
            percent(disk.used_percent),
            percent(disk.inodes_used_percent),
        ]);
    }
    let tables = [("CPU Stats", processors), ("Disk Stats", disks)];
    let [cpu, disk] =
        tables.map(|(title, table)| (!table.is_empty()).then(|| format!("{title}\n{}", table.render())));
    [cpu, Some(format!("Memory Stats\n{}", memory.render())), disk].into_iter().flatten().collect()
}

/// Returns sections about memory and processors of a task.
pub(super) fn task_sections(usage: &TaskUsage) -> Vec<String> {
    let (memory, cpu) = (&usage.resource_usage.memory_stats, &usage.resource_usage.cpu_stats);
    let memory = measured(
        "Memory Stats",
        &memory.measured,
        &[
            ("RSS", ibytes(memory.rss)),
            ("Cache", ibytes(memory.cache)),
            ("Swap", ibytes(memory.swap)),
            ("Usage", ibytes(memory.usage)),
            ("Max Usage", ibytes(memory.max_usage)),
        ],
    );
    let throttled = i64::try_from(cpu.throttled_time).unwrap_or(i64::MAX);
    let cpu = measured(
        "CPU Stats",
        &cpu.measured,
        &[
            ("Percent", format!("{:.2}%", cpu.percent)),
            ("User Mode", format!("{:.2}%", cpu.user_mode)),
            ("System Mode", format!("{:.2}%", cpu.system_mode)),
            ("Throttled Periods", cpu.throttled_periods.to_string()),
            ("Throttled Time", go_duration(throttled)),
        ],
    );
    memory.into_iter().chain(cpu).collect()
}

/// Returns a table of one line with what was measured.
fn measured(title: &str, measured: &[String], values: &[(&str, String)]) -> Option<String> {
    let shown: Vec<_> =
        values.iter().filter(|(name, _)| measured.iter().any(|known| known == name)).collect();
    if shown.is_empty() {
        return None;
    }
    let mut table = Table::new(&shown.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    table.row(shown.iter().map(|(_, value)| value.clone()));
    Some(format!("{title}\n{}", table.render()))
}
