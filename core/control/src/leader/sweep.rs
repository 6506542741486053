//! What is due by the clock.

use std::sync::Arc;

use model::{Nanos, NodeStatus, Timestamp};

use super::Leader;
use super::proposals::Purpose;
use crate::gc::{GcOptions, collect};
use crate::heartbeat::Pulse;
use crate::server::Action;

/// Slow checks are made this often.
pub(super) const INTERVAL: Nanos = Nanos::from_secs(30);

impl Leader {
    pub(super) fn sweep(&mut self, now: Timestamp, actions: &mut Vec<Action>) {
        self.retry_due(now, actions);
        self.broker.tick(now);
        for eval in self.blocked.tick(now) {
            self.broker.enqueue(now, eval);
        }
        self.clean_broker(now, actions);
        for pulse in self.heartbeats.tick(now) {
            self.pulse(now, pulse, actions);
        }
        for deployment in self.watcher.due(now) {
            self.look_at_deployment(now, deployment, actions);
        }
        self.look_at_drains(now, actions);
        self.launch_jobs(now, actions);
        if self.next_sweep <= now {
            self.next_sweep = now + INTERVAL;
            self.give_up_absent_nodes(now, actions);
        }
        if self.next_gc <= now {
            self.next_gc = now + self.gc.interval;
            let options = self.gc;
            self.collect_garbage(now, &options, actions);
        }
    }

    /// Proposes to forget what is older than `options` allow, unless the last pass is not through yet.
    pub(super) fn collect_garbage(&mut self, now: Timestamp, options: &GcOptions, actions: &mut Vec<Action>) {
        if self.garbage_open > 0 {
            return;
        }
        let snapshot = Arc::clone(&self.snapshot);
        for command in collect(&snapshot, now, options) {
            self.propose(now, Purpose::Garbage, command, actions);
        }
    }

    /// Proposes the children of the periodic jobs whose time has come.
    fn launch_jobs(&mut self, now: Timestamp, actions: &mut Vec<Action>) {
        let snapshot = Arc::clone(&self.snapshot);
        let ids = &mut self.ids;
        for (key, command) in self.launcher.launch(&snapshot, now, || ids.next_id()) {
            self.propose(now, Purpose::Launch(key), command, actions);
        }
    }

    /// A node whose grace is over stays disconnected while its allocations may come back; once the last of
    /// them is given up it is down.
    fn give_up_absent_nodes(&mut self, now: Timestamp, actions: &mut Vec<Action>) {
        let snapshot = Arc::clone(&self.snapshot);
        for node in snapshot.nodes().filter(|node| node.status == NodeStatus::Disconnected) {
            let given_up = matches!(self.heartbeats.pulse(node.id), Some(Pulse::GraceOver(_)));
            let empty = snapshot.allocs_on_node(node.id).all(|alloc| alloc.is_terminal());
            if given_up && empty {
                self.pulse(now, Pulse::GraceOver(node.id), actions);
            }
        }
    }
}
