//! The tasks of an allocation.

use api::view::{AllocView, LifecycleView, TaskResourcesView, TaskStateView, TaskUsage};

use super::AllocPage;
use super::alloc::ports;
use crate::format::{Clock, KeyValue, Table, ibytes, mebibytes};

/// Returns one line per task.
pub(super) fn short_tasks(alloc: &AllocView, clock: &Clock) -> String {
    let mut table = Table::new(&["Name", "State", "Last Event", "Time", "Lifecycle"]);
    for (name, state) in in_order(alloc) {
        let last = state.events.last();
        let lifecycle = lifecycle(alloc, name).map_or_else(|| "main".to_owned(), describe);
        table.row([
            name.to_owned(),
            state.state.clone(),
            last.map(|event| event.kind.clone()).unwrap_or_default(),
            last.map(|event| clock.absolute(event.time)).unwrap_or_default(),
            lifecycle,
        ]);
    }
    table.render()
}

/// Returns a section per task.
pub(super) fn task_sections(page: &AllocPage, clock: &Clock) -> Vec<String> {
    let mut sections = Vec::new();
    for (name, state) in in_order(&page.alloc) {
        let lifecycle =
            lifecycle(&page.alloc, name).map(|found| format!(" ({})", describe(found))).unwrap_or_default();
        let title = format!("Task {name:?}{lifecycle} is {:?}", state.state);
        sections.push(match resources(page, name) {
            Some(resources) => format!("{title}\nTask Resources:\n{resources}"),
            None => title,
        });
        let usage = page.usage.as_ref().and_then(|usage| usage.tasks.get(name));
        if let Some(usage) = usage.filter(|_| page.stats) {
            sections.extend(super::stats::task_sections(usage));
        }
        sections.push(format!("Task Events:\n{}", times(state, clock)));
        sections.push(format!("Recent Events:\n{}", events(state, clock)));
    }
    sections
}

/// Returns the tasks in the order in which they run, then by name.
fn in_order(alloc: &AllocView) -> Vec<(&str, &TaskStateView)> {
    let mut tasks: Vec<(&str, &TaskStateView)> =
        alloc.task_states.iter().map(|(name, state)| (name.as_str(), state)).collect();
    let rank = |name: &str| match lifecycle(alloc, name) {
        None => (2, false),
        Some(found) => (
            match found.hook.as_str() {
                "prestart" => 0,
                "poststart" => 1,
                _ => 3,
            },
            found.sidecar,
        ),
    };
    tasks.sort_by_key(|(name, _)| (rank(name), *name));
    tasks
}

fn lifecycle<'a>(alloc: &'a AllocView, task: &str) -> Option<&'a LifecycleView> {
    let groups = &alloc.job.as_ref()?.task_groups;
    let group = groups.iter().find(|group| group.name == alloc.task_group)?;
    let lifecycle = group.tasks.iter().find(|other| other.name == task)?.lifecycle.as_ref()?;
    (!lifecycle.hook.is_empty()).then_some(lifecycle)
}

fn describe(lifecycle: &LifecycleView) -> String {
    if lifecycle.sidecar { format!("{} sidecar", lifecycle.hook) } else { lifecycle.hook.clone() }
}

fn resources(page: &AllocPage, task: &str) -> Option<String> {
    let allocated = page.alloc.allocated_resources.as_ref()?;
    let own = allocated.tasks.get(task)?;
    let usage = page.usage.as_ref().and_then(|usage| usage.tasks.get(task));
    let mut table = Table::with_blanks(&["CPU", "Memory", "Disk", "Addresses"]);
    let mut addresses = own.networks.iter().flat_map(|network| ports(network, ""));
    let address = |[label, _, address]: [String; 3]| format!("{label}: {address}");
    table.row([
        cpu(own, usage),
        memory(own, usage),
        mebibytes(allocated.shared.disk_mb),
        addresses.next().map(address).unwrap_or_default(),
    ]);
    if own.memory.memory_max_mb > 0 {
        table.row(["".to_owned(), format!("Max: {}", mebibytes(own.memory.memory_max_mb))]);
    }
    for more in addresses {
        table.row(["".to_owned(), "".to_owned(), "".to_owned(), address(more)]);
    }
    Some(table.render())
}

fn cpu(own: &TaskResourcesView, usage: Option<&TaskUsage>) -> String {
    let shares = own.cpu.cpu_shares;
    match usage {
        Some(usage) => format!("{:.0}/{shares} MHz", usage.resource_usage.cpu_stats.total_ticks.floor()),
        None => format!("{shares} MHz"),
    }
}

fn memory(own: &TaskResourcesView, usage: Option<&TaskUsage>) -> String {
    let limit = mebibytes(own.memory.memory_mb);
    match usage {
        Some(usage) => {
            let memory = &usage.resource_usage.memory_stats;
            format!("{}/{limit}", ibytes(if memory.rss > 0 { memory.rss } else { memory.usage }))
        }
        None => limit,
    }
}

fn times(state: &TaskStateView, clock: &Clock) -> String {
    let known = |text: &str| clock.absolute_text(text).unwrap_or_else(|| "N/A".to_owned());
    KeyValue::new()
        .add("Started At", known(&state.started_at))
        .add("Finished At", known(&state.finished_at))
        .add("Total Restarts", state.restarts)
        .add("Last Restart", known(&state.last_restart))
        .render()
}

fn events(state: &TaskStateView, clock: &Clock) -> String {
    let mut table = Table::new(&["Time", "Type", "Description"]);
    for event in state.events.iter().rev() {
        table.row([clock.absolute(event.time), event.kind.clone(), event.display_message.clone()]);
    }
    table.render()
}
