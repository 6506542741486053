//! The cgroup of a task, and its limits.

use driver::TaskConfig;
use executor::CgroupPlan;
use sandbox::cgroup::Limits;

use crate::task_name::task_name;

/// Returns the group of a task below its parent; `None` when there is no parent.
pub(crate) fn own_group(task: &TaskConfig, limits: Limits, required: bool) -> Option<CgroupPlan> {
    let parent = task.cgroup_parent.as_ref()?;
    Some(CgroupPlan::Own { name: format!("{parent}/{}", task_name(&task.id)), limits, required })
}

/// Returns what a task may use, as its job says.
pub(crate) fn limits(task: &TaskConfig) -> Limits {
    let resources = &task.resources;
    let some = |number: u64| (number > 0).then_some(number);
    Limits {
        cpu_shares: some(resources.cpu_mhz),
        cpuset: resources.cores.clone().filter(|cores| !cores.is_empty()),
        memory: some(resources.memory_mb << 20),
        memory_max: resources.memory_max_mb.and_then(some).map(|mb| mb << 20),
        ..Limits::default()
    }
}
