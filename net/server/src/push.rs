//! What a client must know of its allocations, read from a snapshot.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::link::{AllocPush, Assignment};
use model::{Alloc, AllocId, Job, NodeId};
use state::Snapshot;

/// Allocations that are noted as changed; with more, all of the node's are looked at.
const MAX_CHANGED: usize = 4_096;

/// Which of a node's allocations changed since the last look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Changed {
    /// These at most.
    Only(BTreeSet<AllocId>),
    /// Nobody knows.
    Anything,
}

impl Changed {
    /// Notes one more.
    pub(crate) fn note(&mut self, id: AllocId) {
        if let Self::Only(ids) = self {
            ids.insert(id);
            if ids.len() > MAX_CHANGED {
                *self = Self::Anything;
            }
        }
    }

    /// Takes what was noted; nothing is left.
    pub(crate) fn take(&mut self) -> Self {
        std::mem::replace(self, Self::Only(BTreeSet::new()))
    }
}

/// What a client was told: the index at which the server last changed each of its allocations.
#[derive(Debug, Default)]
pub(crate) struct Told {
    allocs: BTreeMap<AllocId, u64>,
    complete: bool,
    /// Index at which a saved state had been restored when it was told.
    restored: u64,
}

impl Told {
    /// What `node` has to be told now that `changed` changed, or anything when that is not known; none when it knows
    /// all of it. A snapshot has to hold those changes.
    pub(crate) fn next(&mut self, snapshot: &Snapshot, node: NodeId, changed: &Changed) -> Option<AllocPush> {
        match changed {
            Changed::Only(ids) if self.complete && self.restored == snapshot.restored => {
                self.some(snapshot, node, ids)
            }
            Changed::Only(_) | Changed::Anything => self.all(snapshot, node),
        }
    }

    /// Looks at what changed: a node may have thousands of allocations that did not.
    fn some(&mut self, snapshot: &Snapshot, node: NodeId, ids: &BTreeSet<AllocId>) -> Option<AllocPush> {
        let mut jobs = JobTable::default();
        let mut push = AllocPush { index: snapshot.index, ..AllocPush::default() };
        for &id in ids {
            let Some(alloc) = snapshot.alloc(id).filter(|alloc| alloc.node == node) else {
                if self.allocs.remove(&id).is_some() {
                    push.removed.push(id);
                }
                continue;
            };
            let before = self.allocs.insert(id, alloc.alloc_modify_index);
            let news = before != Some(alloc.alloc_modify_index);
            if news && (before.is_some() || !alloc.client_terminal()) {
                push.allocs.push(assignment(alloc, &mut jobs));
            }
        }
        push.jobs = jobs.jobs;
        (!push.allocs.is_empty() || !push.removed.is_empty()).then_some(push)
    }

    fn all(&mut self, snapshot: &Snapshot, node: NodeId) -> Option<AllocPush> {
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

#[cfg(test)]
mod tests {
    use model::ClientStatus;
    use state::{Builder, State};
    use testkit::{alloc, alloc_id, job, node};

    use super::*;

    /// A state in which these allocations of one job are on a node, each changed at its index.
    fn state(allocs: &[(u32, u64, ClientStatus)]) -> Snapshot {
        let (job, node) = (Arc::new(job("web")), node(1));
        let build = |builder: Builder, &(number, changed, client): &(u32, u64, ClientStatus)| {
            let one = alloc(&job, number, &node);
            builder.alloc(Alloc { alloc_modify_index: changed, client, ..one })
        };
        let state: State = allocs.iter().fold(Builder::new().node(node.clone()), build).build();
        Arc::new(state)
    }

    fn ids(numbers: &[u64]) -> Changed {
        Changed::Only(numbers.iter().map(|&number| alloc_id("web", number)).collect())
    }

    #[test]
    fn looking_at_what_changed_tells_the_same_as_looking_at_all() {
        use ClientStatus::{Complete, Pending, Running};
        let steps = [
            (state(&[(1, 1, Pending), (2, 1, Running)]), ids(&[])),
            (state(&[(1, 1, Pending), (2, 5, Running), (3, 5, Pending)]), ids(&[2, 3])),
            (state(&[(1, 1, Running), (3, 6, Pending), (4, 6, Complete)]), ids(&[2, 3, 4, 9])),
            (state(&[(1, 7, Complete), (4, 7, Complete)]), ids(&[1, 3, 4])),
            (state(&[(1, 7, Complete), (4, 7, Complete)]), ids(&[4])),
        ];
        let (mut quick, mut slow) = (Told::default(), Told::default());
        for (step, (state, changed)) in steps.into_iter().enumerate() {
            let sorted = |push: Option<AllocPush>| {
                push.map(|mut push| {
                    push.allocs.sort_by_key(|one| one.id);
                    push.removed.sort();
                    push
                })
            };
            let node = node(1).id;
            let told = sorted(quick.next(&state, node, &changed));
            assert_eq!(told, sorted(slow.next(&state, node, &Changed::Anything)), "step {step}");
            assert_eq!(told.is_some(), step < 4, "step {step}");
        }
    }

    #[test]
    fn beyond_the_bound_everything_is_looked_at() {
        let mut changed = Changed::Only(BTreeSet::new());
        for number in 0..=MAX_CHANGED as u64 {
            changed.note(alloc_id("web", number));
        }
        assert_eq!(changed.take(), Changed::Anything);
        assert_eq!(changed, Changed::Only(BTreeSet::new()));
    }
}
