//! How full the file system of the allocations is.

use std::path::Path;

use lifecycle::gc::DiskUse;

/// Returns how full it is; `None` when the system does not say.
pub(crate) fn disk_use(dir: &Path) -> Option<DiskUse> {
    let found = rustix::fs::statvfs(dir).ok()?;
    let percent = |total: u64, free: u64| {
        let used = u128::from(total.saturating_sub(free)) * 100;
        u8::try_from(used / u128::from(total.max(1))).unwrap_or(100)
    };
    Some(DiskUse {
        disk_percent: percent(found.f_blocks, found.f_bavail),
        inode_percent: percent(found.f_files, found.f_favail),
    })
}
