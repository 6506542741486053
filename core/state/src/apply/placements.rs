//! Turning the placement runs of a plan into allocations.
//!
//! What the allocations of a run have in common is shared: job, group, pass metrics, empty texts.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::{
    Alloc, AllocId, AllocMetric, AllocRare, ClientStatus, DeploymentHealth, DeploymentId, DesiredStatus,
    EvalId, Job, JobStatus, Name, Placement, PlacementRun, Plan, StopReason, TaskStates, Timestamp,
};

use super::Change;
use crate::State;
use crate::txn::Txn;

impl Txn<'_> {
    /// Stores the new allocations of a plan. A job that was stopped or forgotten meanwhile gets none.
    pub(super) fn place(&mut self, plan: &Plan) {
        for (deployment, group) in std::mem::take(&mut self.joined) {
            self.count_placed(deployment, &group, 1, &[]);
        }
        if self.state.job(&plan.job).is_none_or(|job| job.stop) {
            return;
        }
        if plan.placements.iter().any(|run| !run.placements.is_empty()) {
            // Before the allocations take the job, so that they share the version that the table keeps.
            self.set_job_status(&plan.job, JobStatus::Running);
        }
        for run in &plan.placements {
            self.place_run(plan, run);
        }
    }

    fn place_run(&mut self, plan: &Plan, run: &PlacementRun) {
        let Some(job) = self.state.job_version(&plan.job, run.job_version).cloned() else { return };
        let shared = Shared::new(self, plan, run, job);
        let mut canaries = Vec::new();
        let mut seen = BTreeSet::new();
        let mut allocs = Vec::with_capacity(run.placements.len());
        for placement in &run.placements {
            if self.state.alloc(placement.id).is_some() || !seen.insert(placement.id) {
                continue;
            }
            let alloc = Arc::new(shared.alloc(self.state, placement));
            self.changes.push(Change::Alloc {
                id: alloc.id,
                node: alloc.node,
                job: plan.job.clone(),
                by_client: false,
            });
            allocs.push(alloc);
            if placement.canary {
                canaries.push(placement.id);
            }
            if let Some(rare) = &placement.rare
                && !rare.previous.is_none()
            {
                self.replace(rare.previous, placement.id);
            }
        }
        let placed = u32::try_from(allocs.len()).unwrap_or(u32::MAX);
        self.state.put_new_allocs(&plan.job, allocs);
        self.touch(&plan.job);
        self.count_allocs(&plan.job, &shared.job, &run.group, None, Some(ClientStatus::Pending), placed);
        self.count_placed(run.deployment, &run.group, placed, &canaries);
    }

    /// Notes which allocation replaces another.
    fn replace(&mut self, previous: AllocId, next: AllocId) {
        let Some(alloc) = self.state.alloc(previous) else { return };
        let mut alloc = Alloc::clone(alloc);
        alloc.next = next;
        let key = self.state.key_of(&alloc.job);
        self.store_alloc(&key, alloc, false);
    }

    /// Counts allocations in their deployment; the first ones start the clock of its progress.
    fn count_placed(&mut self, id: DeploymentId, group: &Name, placed: u32, canaries: &[AllocId]) {
        let now = self.now();
        if placed == 0 || id.is_none() {
            return;
        }
        let Some(group) = self.deployment_mut(id).and_then(|deployment| deployment.groups.get_mut(group))
        else {
            return;
        };
        group.placed += placed;
        group.placed_canaries.extend(canaries);
        if group.require_progress_by.is_never() && group.progress_deadline.0 > 0 {
            group.require_progress_by = now + group.progress_deadline;
        }
    }
}

/// What the allocations of one run have in common.
struct Shared {
    job: Arc<Job>,
    group: Name,
    eval: EvalId,
    deployment: DeploymentId,
    metrics: Arc<AllocMetric>,
    tasks: Arc<TaskStates>,
    nothing: Name,
    index: u64,
    now: Timestamp,
}

impl Shared {
    fn new(txn: &Txn<'_>, plan: &Plan, run: &PlacementRun, job: Arc<Job>) -> Self {
        let pass = Arc::new(run.pass.clone());
        Self {
            job,
            group: Name::clone(&run.group),
            eval: plan.eval,
            deployment: run.deployment,
            metrics: Arc::new(AllocMetric { pass, ..AllocMetric::default() }),
            tasks: Arc::default(),
            nothing: Name::from(""),
            index: txn.index(),
            now: txn.now(),
        }
    }

    fn metrics(&self, placement: &Placement) -> Arc<AllocMetric> {
        if placement.scores.is_empty() {
            return Arc::clone(&self.metrics);
        }
        let pass = Arc::clone(&self.metrics.pass);
        Arc::new(AllocMetric { pass, scores: placement.scores.clone(), coalesced_failures: 0 })
    }

    fn alloc(&self, state: &State, placement: &Placement) -> Alloc {
        let node = state.node(placement.node);
        let canary =
            placement.canary.then(|| DeploymentHealth { canary: true, ..DeploymentHealth::default() });
        let rare = placement.rare.as_deref();
        Alloc {
            id: placement.id,
            eval: self.eval,
            node: placement.node,
            node_name: node.map_or_else(|| Name::clone(&self.nothing), |node| Name::clone(&node.name)),
            job: Arc::clone(&self.job),
            group: Name::clone(&self.group),
            index: placement.index,
            assigned: placement.assigned.clone(),
            desired: DesiredStatus::Run,
            reason: StopReason::None,
            client: ClientStatus::Pending,
            client_description: Name::clone(&self.nothing),
            tasks: Arc::clone(&self.tasks),
            deployment: self.deployment,
            health: canary,
            previous: rare.map_or(AllocId::NONE, |rare| rare.previous),
            next: AllocId::NONE,
            followup_eval: EvalId::NONE,
            metrics: self.metrics(placement),
            rare: rare.filter(|rare| rare.reschedule.is_some() || !rare.preempted.is_empty()).map(|rare| {
                Box::new(AllocRare {
                    reschedule: rare.reschedule.clone(),
                    preempted: rare.preempted.clone(),
                    ..AllocRare::default()
                })
            }),
            create_time: self.now,
            modify_time: self.now,
            create_index: self.index,
            modify_index: self.index,
            alloc_modify_index: self.index,
        }
    }
}
