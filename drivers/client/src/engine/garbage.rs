//! Deleting directories of ended allocations when there are too many.

use std::sync::Arc;

use lifecycle::gc::{DiskUse, Ended, collect};

use super::operate;
use super::run::Engine;
use crate::{clock, gc};

impl Engine {
    /// Deletes what the configuration says is too much. The allocation itself stays until the servers forget it, so
    /// that it never runs again.
    pub(super) fn collect_garbage(&mut self) {
        let options = self.shared.config.gc;
        let ended: Vec<Ended> = self
            .runners
            .iter()
            .filter_map(|(id, runner)| Some(Ended { id: *id, at: runner.ended_at? }))
            .collect();
        if self.shared.is_simulated() || ended.is_empty() {
            return;
        }
        let live = self.runners.len() - ended.len();
        let usage = gc::disk_use(&self.shared.config.alloc_dir)
            .unwrap_or(DiskUse { disk_percent: 0, inode_percent: 0 });
        for id in collect(clock::now(), &options, usage, live, &ended) {
            let Some(runner) = self.runners.get_mut(&id) else { continue };
            runner.ended_at = None;
            let (shared, context) = (Arc::clone(&self.shared), Arc::clone(&runner.context));
            let before = runner.take_all();
            let ended = self.chain(before, async move { operate::remove(&shared, context).await });
            self.set_last(id, ended);
        }
    }
}
