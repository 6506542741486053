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

/// Returns how full it is, as `df` counts: blocks that are kept for the system are neither used nor free. `None` when
/// the system does not say.
pub(crate) fn disk_use(dir: &Path) -> Option<DiskUse> {
    let found = rustix::fs::statvfs(dir).ok()?;
    Some(DiskUse {
        disk_percent: percent(found.f_blocks.saturating_sub(found.f_bfree), found.f_bavail),
        inode_percent: percent(found.f_files.saturating_sub(found.f_ffree), found.f_favail),
    })
}

fn percent(used: u64, available: u64) -> u8 {
    let all = u128::from(used) + u128::from(available);
    u8::try_from(u128::from(used) * 100 / all.max(1)).unwrap_or(100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_kept_for_the_system_do_not_count() {
        // 252 GiB of which 49 are used, 42 available, and the rest kept.
        assert_eq!(percent(49, 42), 53);
        assert_eq!(percent(0, 0), 0);
        assert_eq!(percent(7, 0), 100);
    }
}
