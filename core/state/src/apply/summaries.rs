//! Summaries of jobs, kept incrementally: a count moves when an allocation does.

use std::collections::BTreeMap;

use model::{Alloc, ChildrenSummary, ClientStatus, Eval, GroupSummary, Job, JobKey, JobStatus, Name};

use super::Change;
use crate::State;
use crate::tables::{JobSummary, parent_of};
use crate::txn::Txn;

impl Txn<'_> {
    /// The working copy of a summary; none if the job has none.
    fn summary_mut(&mut self, key: &JobKey) -> Option<&mut JobSummary> {
        if !self.summaries.contains_key(key) {
            let summary = JobSummary::clone(self.state.job_summary(key)?);
            self.summaries.insert(key.clone(), summary);
        }
        self.summaries.get_mut(key)
    }

    /// Stores the working copies that differ.
    pub(crate) fn flush_summaries(&mut self) {
        for (key, mut summary) in std::mem::take(&mut self.summaries) {
            if self.state.job_summary(&key).is_some_and(|known| **known == summary) {
                continue;
            }
            summary.modify_index = self.index();
            self.changes.push(Change::Summary(key.clone()));
            self.state.put_summary(key, summary);
        }
    }

    /// Makes sure that a job has a summary with all its groups.
    pub(super) fn open_summary(&mut self, key: &JobKey, job: &Job) {
        let index = self.index();
        if self.state.job_summary(key).is_none() && !self.summaries.contains_key(key) {
            let children = self.state.counted_children(key);
            let summary = JobSummary {
                children,
                create_index: job.create_index,
                modify_index: index,
                ..JobSummary::default()
            };
            self.summaries.insert(key.clone(), summary);
        }
        if let Some(summary) = self.summary_mut(key) {
            for group in &job.task_groups {
                if !summary.groups.contains_key(group.name.as_str()) {
                    summary.groups.insert(Name::from(group.name.as_str()), GroupSummary::default());
                }
            }
        }
    }

    /// Moves an allocation from the count of its old state to that of its new one.
    pub(crate) fn count_alloc(&mut self, key: &JobKey, old: Option<&Alloc>, new: Option<&Alloc>) {
        if let (Some(old), Some(new)) = (old, new)
            && old.job.create_index != new.job.create_index
        {
            self.count_alloc(key, Some(old), None);
            return self.count_alloc(key, None, Some(new));
        }
        let Some(alloc) = new.or(old) else { return };
        self.count_allocs(
            key,
            &alloc.job,
            &alloc.group,
            old.map(|old| old.client),
            new.map(|new| new.client),
            1,
        );
    }

    /// Moves `count` allocations of one group. Those of an earlier job of the same name are not counted.
    pub(super) fn count_allocs(
        &mut self,
        key: &JobKey,
        job: &Job,
        group: &Name,
        old: Option<ClientStatus>,
        new: Option<ClientStatus>,
        count: u32,
    ) {
        if old == new {
            return;
        }
        let Some(summary) = self.summary_mut(key) else { return };
        if summary.create_index != job.create_index {
            return;
        }
        let group = summary.groups.entry(Name::clone(group)).or_default();
        if let Some(status) = old {
            let slot = slot(group, status);
            *slot = slot.saturating_sub(count);
        }
        if let Some(status) = new {
            *slot(group, status) += count;
            if old.is_none() {
                group.queued = group.queued.saturating_sub(count);
            }
        }
    }

    /// Takes over how many allocations an evaluation left to be placed.
    pub(crate) fn count_queued(&mut self, eval: &Eval) {
        if eval.queued.is_empty() {
            return;
        }
        let Some(summary) = self.summary_mut(&eval.job) else { return };
        for (name, queued) in &eval.queued {
            if let Some(group) = summary.groups.get_mut(name) {
                group.queued = *queued;
            }
        }
    }

    /// A stopped job waits for nothing.
    pub(super) fn clear_queued(&mut self, key: &JobKey) {
        let Some(summary) = self.summary_mut(key) else { return };
        for group in summary.groups.values_mut() {
            group.queued = 0;
        }
    }

    /// Moves a child from one count of its parent's summary to another.
    pub(super) fn count_child(&mut self, key: &JobKey, child: &Job, old: Option<&str>, new: Option<&str>) {
        let Some(parent) = parent_of(key, child) else { return };
        let Some(summary) = self.summary_mut(&parent) else { return };
        if let Some(count) = old.and_then(|status| child_slot(&mut summary.children, status)) {
            *count = count.saturating_sub(1);
        }
        if let Some(count) = new.and_then(|status| child_slot(&mut summary.children, status)) {
            *count += 1;
        }
    }

    /// Counts every summary anew; what waits to be placed stays.
    pub(super) fn reconcile_summaries(&mut self) {
        let keys: Vec<JobKey> = self.state.jobs().map(|job| self.state.key_of(job)).collect();
        for key in keys {
            let Some(job) = self.state.job(&key).cloned() else { continue };
            self.open_summary(&key, &job);
            let counted = self.state.counted_summary(&key, &job);
            let Some(summary) = self.summary_mut(&key) else { continue };
            for (name, mut group) in counted.groups {
                group.queued = summary.groups.get(&name).map_or(0, |known| known.queued);
                summary.groups.insert(name, group);
            }
            summary.children = counted.children;
        }
    }
}

impl State {
    /// The summary of a job, counted. What waits to be placed is not known here: it is 0.
    pub(crate) fn counted_summary(&self, key: &JobKey, job: &Job) -> JobSummary {
        let mut groups: BTreeMap<Name, GroupSummary> = BTreeMap::new();
        for group in &job.task_groups {
            groups.insert(Name::from(group.name.as_str()), GroupSummary::default());
        }
        for alloc in self.allocs_of_job(key).filter(|alloc| alloc.job.create_index == job.create_index) {
            *slot(groups.entry(Name::clone(&alloc.group)).or_default(), alloc.client) += 1;
        }
        let children = self.counted_children(key);
        JobSummary { groups, children, create_index: job.create_index, ..JobSummary::default() }
    }

    /// The children of a job by status, counted.
    pub(crate) fn counted_children(&self, key: &JobKey) -> ChildrenSummary {
        let mut children = ChildrenSummary::default();
        for child in self.job_children(key).filter_map(|child| self.job(child)) {
            if let Some(count) = child_slot(&mut children, &child.status) {
                *count += 1;
            }
        }
        children
    }
}

const fn slot(group: &mut GroupSummary, status: ClientStatus) -> &mut u32 {
    match status {
        ClientStatus::Pending => &mut group.starting,
        ClientStatus::Running => &mut group.running,
        ClientStatus::Complete => &mut group.complete,
        ClientStatus::Failed => &mut group.failed,
        ClientStatus::Lost => &mut group.lost,
        ClientStatus::Unknown => &mut group.unknown,
    }
}

fn child_slot<'a>(children: &'a mut ChildrenSummary, status: &str) -> Option<&'a mut u32> {
    [
        (JobStatus::Pending, &mut children.pending),
        (JobStatus::Running, &mut children.running),
        (JobStatus::Dead, &mut children.dead),
    ]
    .into_iter()
    .find(|(of, _)| of.as_str() == status)
    .map(|(_, count)| count)
}
