//! When directories of ended allocations are looked at, and how full their file system is.

use std::path::Path;
use std::time::Duration;

use lifecycle::gc::DiskUse;
use tokio::sync::mpsc;

use crate::engine::Message;
use crate::stats;

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

/// Returns how full it is, in whole percents; `None` when the system does not say.
pub(crate) fn disk_use(dir: &Path) -> Option<DiskUse> {
    let disk = stats::disk(dir)?;
    Some(DiskUse { disk_percent: whole(disk.used_percent), inode_percent: whole(disk.inodes_percent) })
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits")]
fn whole(percent: f64) -> u8 {
    percent.clamp(0.0, 100.0) as u8
}
