//! What a system job has on every node, and what it should have: one allocation of each name on every node.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::{Alloc, ClientStatus, DesiredStatus, Job, Name, NodeId, TaskGroup, Timestamp};
use state::State;

use crate::cluster::in_scope;
use crate::reconcile::{Taint, lost_after, taint, was_unknown};

/// What is done with an allocation of a system job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SystemClass {
    Stop,
    Migrate,
    Lost,
    Disconnect,
    Reconnect,
    Update,
    Ignore,
}

/// One name on one node.
pub(super) type Slot = (NodeId, Name, u32);

/// The allocations of a system job by what is done with them.
#[derive(Debug, Clone, Default)]
pub(super) struct SystemDiff {
    pub(super) known: Vec<(Arc<Alloc>, SystemClass)>,
    /// Names to place, with an ended allocation of the same name if there is one.
    pub(super) missing: Vec<(Slot, Option<Arc<Alloc>>)>,
}

/// What the classes of a job's allocations depend on.
#[derive(Debug, Clone, Copy)]
pub(super) struct SystemScope<'a> {
    pub(super) snapshot: &'a State,
    pub(super) job: &'a Job,
    pub(super) now: Timestamp,
    pub(super) sysbatch: bool,
}

impl SystemScope<'_> {
    /// Compares what there is with what is wanted.
    pub(super) fn diff(&self, allocs: Vec<Arc<Alloc>>) -> SystemDiff {
        let mut diff = SystemDiff::default();
        let mut taken: BTreeSet<Slot> = BTreeSet::new();
        let mut ended: BTreeMap<Slot, Arc<Alloc>> = BTreeMap::new();
        for alloc in allocs {
            let slot = (alloc.node, alloc.group.clone(), alloc.index);
            if alloc.is_terminal() {
                if alloc.desired == DesiredStatus::Run {
                    remember(&mut ended, slot, alloc);
                }
                continue;
            }
            let class = self.classify(&alloc);
            let leaves = matches!(class, SystemClass::Stop | SystemClass::Migrate | SystemClass::Lost);
            if !leaves || !self.is_usable(alloc.node) {
                taken.insert(slot);
            }
            diff.known.push((alloc, class));
        }
        let usable = self.snapshot.nodes().filter(|node| node.is_ready() && in_scope(self.job, node));
        for node in usable {
            for group in &self.job.task_groups {
                self.fill(&mut diff, node.id, group, &taken, &ended);
            }
        }
        diff
    }

    /// Names of a group that are missing on a node. What a sysbatch job ran to its end is not missing.
    fn fill(
        &self,
        diff: &mut SystemDiff,
        node: NodeId,
        group: &TaskGroup,
        taken: &BTreeSet<Slot>,
        ended: &BTreeMap<Slot, Arc<Alloc>>,
    ) {
        let name = Name::from(group.name.as_str());
        for index in 0..u32::try_from(group.count).unwrap_or(0) {
            let slot = (node, name.clone(), index);
            if taken.contains(&slot) {
                continue;
            }
            match ended.get(&slot).filter(|_| self.sysbatch) {
                Some(alloc) if self.has_changed(alloc) => {
                    diff.known.push((Arc::clone(alloc), SystemClass::Update))
                }
                Some(alloc) => diff.known.push((Arc::clone(alloc), SystemClass::Ignore)),
                None => diff.missing.push((slot.clone(), ended.get(&slot).cloned())),
            }
        }
    }

    fn has_changed(&self, alloc: &Alloc) -> bool {
        alloc.job.job_modify_index != self.job.job_modify_index || alloc.job.version != self.job.version
    }

    fn is_usable(&self, node: NodeId) -> bool {
        self.snapshot.node(node).is_some_and(|node| node.is_ready() && in_scope(self.job, node))
    }

    /// The class of a live allocation; the first rule that matches decides.
    fn classify(&self, alloc: &Alloc) -> SystemClass {
        let group = self.job.group(&alloc.group);
        if group.is_none_or(|group| i64::from(alloc.index) >= group.count) {
            return SystemClass::Stop;
        }
        if alloc.transition().should_migrate() {
            return SystemClass::Migrate;
        }
        let marked = was_unknown(alloc);
        let lost_after = lost_after(alloc.task_group());
        let expired = marked.zip(lost_after).is_some_and(|(state, span)| state.time + span <= self.now);
        if alloc.client == ClientStatus::Unknown {
            return if expired { SystemClass::Lost } else { SystemClass::Ignore };
        }
        match taint(self.snapshot, alloc) {
            Taint::Fine if marked.is_some() => SystemClass::Reconnect,
            Taint::Fine => self.classify_on_node(alloc),
            Taint::Gone | Taint::Down if self.sysbatch && alloc.ran_successfully() => SystemClass::Ignore,
            Taint::Gone | Taint::Down => SystemClass::Lost,
            Taint::Disconnected if alloc.client == ClientStatus::Running && lost_after.is_some() => {
                SystemClass::Disconnect
            }
            Taint::Disconnected if lost_after.is_some() => SystemClass::Ignore,
            Taint::Disconnected => SystemClass::Lost,
        }
    }

    fn classify_on_node(&self, alloc: &Alloc) -> SystemClass {
        let changed = self.has_changed(alloc);
        let Some(node) = self.snapshot.node(alloc.node) else { return SystemClass::Lost };
        if !node.is_ready() {
            return if changed { SystemClass::Stop } else { SystemClass::Ignore };
        }
        if !in_scope(self.job, node) {
            return SystemClass::Stop;
        }
        if changed { SystemClass::Update } else { SystemClass::Ignore }
    }
}

/// Keeps the newest of the allocations that ended under one name.
fn remember(ended: &mut BTreeMap<Slot, Arc<Alloc>>, slot: Slot, alloc: Arc<Alloc>) {
    let newer = ended.get(&slot).is_none_or(|known| known.create_index < alloc.create_index);
    if newer {
        ended.insert(slot, alloc);
    }
}
