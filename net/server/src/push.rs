//! What a client must know of its allocations, read from a snapshot.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::link::{AllocPush, Assignment};
use model::{Alloc, AllocId, Job, NodeId};
use state::Snapshot;

/// What a client was told: the index at which the server last changed each of its allocations.
#[derive(Debug, Default)]
pub(crate) struct Told {
    allocs: BTreeMap<AllocId, u64>,
    complete: bool,
    /// Index at which a saved state had been restored when it was told.
    restored: u64,
}

impl Told {
    /// What `node` has to be told now; none when nothing changed since the last time.
    pub(crate) fn next(&mut self, snapshot: &Snapshot, node: NodeId) -> Option<AllocPush> {
        let mut jobs = JobTable::default();
        if self.restored != snapshot.restored {
            // What it was told before was of another state.
            *self = Self { restored: snapshot.restored, ..Self::default() };
        }
        let mut push = AllocPush {
            index: snapshot.index,
            complete: !self.complete,
            report: !self.complete && snapshot.restored > 0,
            ..AllocPush::default()
        };
        let mut present = BTreeMap::new();
        for alloc in snapshot.allocs_on_node(node) {
            present.insert(alloc.id, alloc.alloc_modify_index);
            if self.allocs.get(&alloc.id) == Some(&alloc.alloc_modify_index) {
                continue;
            }
            if self.allocs.contains_key(&alloc.id) || !alloc.client_terminal() {
                push.allocs.push(assignment(alloc, &mut jobs));
            } else if push.complete {
                push.ended.push(alloc.id);
            }
        }
        push.removed = self.allocs.keys().filter(|id| !present.contains_key(id)).copied().collect();
        push.jobs = jobs.jobs;
        let changed = push.complete || !push.allocs.is_empty() || !push.removed.is_empty();
        self.allocs = present;
        self.complete = true;
        changed.then_some(push)
    }
}

/// The job versions of a push, each once.
#[derive(Default)]
struct JobTable {
    jobs: Vec<Arc<Job>>,
}

impl JobTable {
    fn position(&mut self, job: &Arc<Job>) -> u32 {
        let known = self.jobs.iter().position(|known| Arc::ptr_eq(known, job));
        let position = known.unwrap_or_else(|| {
            self.jobs.push(Arc::clone(job));
            self.jobs.len() - 1
        });
        u32::try_from(position).unwrap_or(u32::MAX)
    }
}

fn assignment(alloc: &Alloc, jobs: &mut JobTable) -> Assignment {
    Assignment {
        id: alloc.id,
        job: jobs.position(&alloc.job),
        group: Arc::clone(&alloc.group),
        index: alloc.index,
        desired: alloc.desired,
        assigned: alloc.assigned.clone(),
        previous: alloc.previous,
        deployment: (!alloc.deployment.is_none()).then(|| alloc.is_canary()),
        no_shutdown_delay: alloc.transition().no_shutdown_delay.unwrap_or(false),
        alloc_modify_index: alloc.alloc_modify_index,
    }
}
