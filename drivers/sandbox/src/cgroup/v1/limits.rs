//! Limits as v1 files.

use std::path::Path;

use super::super::{CgroupError, Controller, Limits, tree};

/// Fills the pinned cores and memory nodes of each component of `name` from its parent: empty ones admit no process.
pub(super) fn inherit_cpuset(root: &Path, name: &str) -> Result<(), CgroupError> {
    let mut dir = root.to_path_buf();
    for component in name.split('/') {
        let parent = dir.clone();
        dir.push(component);
        for file in ["cpuset.cpus", "cpuset.mems"] {
            if tree::read(&dir, file).trim().is_empty() {
                tree::write(&dir, file, tree::read(&parent, file).trim())?;
            }
        }
    }
    Ok(())
}

/// Writes every limit whose controller the group is in.
pub(super) fn apply<'a>(
    dir: impl Fn(Controller) -> Option<&'a Path>,
    limits: &Limits,
) -> Result<(), CgroupError> {
    if let (Some(dir), Some(shares)) = (dir(Controller::Cpu), limits.v1_shares()) {
        tree::write(dir, "cpu.shares", &shares.to_string())?;
    }
    if let (Some(dir), Some(quota)) = (dir(Controller::Cpu), limits.cpu_quota) {
        tree::write(dir, "cpu.cfs_period_us", &quota.period_us.to_string())?;
        tree::write(dir, "cpu.cfs_quota_us", &quota.quota_us.to_string())?;
    }
    if let (Some(dir), Some(cores)) = (dir(Controller::Cpuset), &limits.cpuset) {
        tree::write(dir, "cpuset.cpus", cores)?;
    }
    if let Some(dir) = dir(Controller::Memory) {
        if let Some(bytes) = limits.memory_hard() {
            tree::write(dir, "memory.limit_in_bytes", &bytes.to_string())?;
            // Absent without swap accounting; then swap is not limited, as with every other container tool.
            let _ = tree::write(dir, "memory.memsw.limit_in_bytes", &bytes.to_string());
        }
        if let Some(bytes) = limits.memory_soft() {
            tree::write(dir, "memory.soft_limit_in_bytes", &bytes.to_string())?;
        }
    }
    if let (Some(dir), Some(count)) = (dir(Controller::Pids), limits.pids) {
        tree::write(dir, "pids.max", &count.to_string())?;
    }
    Ok(())
}
