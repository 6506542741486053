//! Figures of a client in the shape that `/v1/client/…/stats` shows.

use client::{AllocStats, CheckResult, HostStats, TaskUsage, UsageOfTask};
use serde_json::{Map, Value, json};

/// A host's figures.
pub(crate) fn host(stats: &HostStats) -> Value {
    let cpus: Vec<Value> = stats
        .cpus
        .iter()
        .map(|core| {
            json!({
                "CPU": core.name, "Idle": core.idle, "System": core.system, "Total": core.user + core.system,
                "TotalPercent": core.user + core.system, "TotalTicks": 0.0, "User": core.user,
            })
        })
        .collect();
    let disk = json!({
        "Available": stats.alloc_dir.available, "Device": "", "InodesUsedPercent": stats.alloc_dir.inodes_percent,
        "Mountpoint": "", "Size": stats.alloc_dir.size, "Used": stats.alloc_dir.used,
        "UsedPercent": stats.alloc_dir.used_percent,
    });
    json!({
        "AllocDirStats": disk, "CPU": cpus, "CPUTicksConsumed": 0.0, "DeviceStats": [], "DiskStats": [disk],
        "Memory": {
            "Available": stats.memory.available, "Free": stats.memory.free, "Total": stats.memory.total,
            "Used": stats.memory.used,
        },
        "Timestamp": stats.at.0, "Uptime": stats.uptime_s,
    })
}

/// An allocation's figures.
pub(crate) fn alloc(stats: &AllocStats) -> Value {
    let tasks: Map<String, Value> =
        stats.tasks.iter().map(|(name, task)| (name.to_string(), of_task(task))).collect();
    json!({ "ResourceUsage": usage(&stats.total), "Tasks": tasks, "Timestamp": stats.at.0 })
}

fn of_task(task: &UsageOfTask) -> Value {
    json!({ "Pids": null, "ResourceUsage": usage(&task.usage), "Timestamp": task.at.0 })
}

fn usage(usage: &TaskUsage) -> Value {
    json!({
        "CpuStats": {
            "Measured": ["Percent", "System Mode", "User Mode", "Total Ticks"], "Percent": usage.cpu_percent,
            "SystemMode": usage.system_percent, "ThrottledPeriods": usage.throttled_periods,
            "ThrottledTime": usage.throttled_ns, "TotalTicks": usage.cpu_ticks, "UserMode": usage.user_percent,
        },
        "DeviceStats": null,
        "MemoryStats": {
            "Cache": usage.cache, "KernelMaxUsage": 0, "KernelUsage": 0, "MappedFile": 0,
            "MaxUsage": usage.max_usage, "Measured": ["RSS", "Cache", "Swap", "Usage", "Max Usage"],
            "RSS": usage.rss, "Swap": usage.swap, "Usage": usage.usage,
        },
    })
}

/// The last results of checks, by id.
pub(crate) fn checks(results: &[CheckResult]) -> Value {
    let entry = |result: &CheckResult| {
        let mut shown = json!({
            "Check": &*result.check, "Group": &*result.group, "ID": &*result.id,
            "Mode": if result.counts { "healthiness" } else { "readiness" }, "Output": result.output,
            "Service": &*result.service, "Status": result.status.as_str(),
            "Timestamp": result.at.0 / 1_000_000_000,
        });
        if result.status_code != 0 {
            shown["StatusCode"] = result.status_code.into();
        }
        if !result.task.is_empty() {
            shown["Task"] = (&*result.task).into();
        }
        (result.id.to_string(), shown)
    };
    results.iter().map(entry).collect::<Map<_, _>>().into()
}
