//! Limits as v2 files.

use std::path::Path;

use super::super::{CgroupError, Limits, tree};

/// Switches the controllers on for `name` in the root and in each parent, creating the parents.
///
/// A controller that the host does not have is left out; writing its limit then fails with the file's name.
pub(super) fn enable_controllers(root: &Path, name: &str) -> Result<(), CgroupError> {
    let mut parent = root.to_path_buf();
    for component in name.split('/') {
        tree::create(&parent, "")?;
        let offered = tree::read(&parent, "cgroup.controllers");
        let active = tree::read(&parent, "cgroup.subtree_control");
        for controller in ["cpu", "cpuset", "memory", "pids"] {
            let has = |list: &str| list.split_whitespace().any(|known| known == controller);
            if has(&offered) && !has(&active) {
                tree::write(&parent, "cgroup.subtree_control", &format!("+{controller}"))
                    .map_err(delegated)?;
            }
        }
        parent.push(component);
    }
    Ok(())
}

/// A parent with processes of its own, as in a container, cannot hand controllers on: no limits on this host.
fn delegated(error: CgroupError) -> CgroupError {
    match error {
        CgroupError::Io { source, path, .. } if source.raw_os_error() == Some(libc::EBUSY) => {
            CgroupError::Unsupported { reason: format!("{} has processes of its own", path.display()) }
        }
        other => other,
    }
}

/// Writes every limit that is given.
pub(super) fn apply(dir: &Path, limits: &Limits) -> Result<(), CgroupError> {
    if let Some(weight) = limits.v2_weight() {
        tree::write(dir, "cpu.weight", &weight.to_string())?;
    }
    if let Some(quota) = limits.cpu_quota {
        tree::write(dir, "cpu.max", &format!("{} {}", quota.quota_us, quota.period_us))?;
    }
    if let Some(cores) = &limits.cpuset {
        tree::write(dir, "cpuset.cpus", cores)?;
    }
    if let Some(bytes) = limits.memory_hard() {
        tree::write(dir, "memory.max", &bytes.to_string())?;
        // Absent without swap accounting.
        let _ = tree::write(dir, "memory.swap.max", "0");
    }
    if let Some(bytes) = limits.memory_soft() {
        tree::write(dir, "memory.low", &bytes.to_string())?;
    }
    if let Some(count) = limits.pids {
        tree::write(dir, "pids.max", &count.to_string())?;
    }
    Ok(())
}
