//! When directories of ended allocations are looked at, and how full their file system is.

use std::path::Path;
use std::time::Duration;

use lifecycle::gc::DiskUse;
use tokio::sync::mpsc;

use crate::engine::Message;

/// How often old directories are looked for, beside the end of every allocation.
const EVERY: Duration = Duration::from_secs(60);

/// Has the engine look every minute, for as long as there is one.
pub(crate) async fn run(engine: mpsc::Sender<Message>) {
    loop {
        tokio::time::sleep(EVERY).await;
        if engine.send(Message::CollectGarbage).await.is_err() {
            return;
        }
    }
}

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
