//! Writing the plan down: runs of placements, stops, and the evaluations that go with it.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{
    Alloc, AllocMetric, AllocStop, ClientStatus, DeploymentId, DesiredStatus, DesiredUpdates, Eval, EvalId,
    EvalStatus, EvalTrigger, InPlaceUpdate, Job, Name, NodeId, Outcome, PassMetrics, Placement,
    PlacementRare, PlacementRun, Plan, PlanAnnotations, Preemption,
};
use state::State;

use crate::feasible::Feasibility;
use crate::place::Placed;
use crate::reconcile::{Followups, Stop};

/// A plan while it is written.
#[derive(Debug)]
pub(crate) struct PlanBuilder<'a> {
    pub(crate) plan: Plan,
    eval: &'a Eval,
    /// The first failure of each group.
    pub(crate) failed: BTreeMap<Name, AllocMetric>,
    /// What could not be placed.
    pub(crate) queued: BTreeMap<Name, u32>,
    pub(crate) desired: BTreeMap<Name, DesiredUpdates>,
}

/// What a new allocation has beside its node.
#[derive(Debug, Clone, Default)]
pub(crate) struct Extras {
    pub(crate) index: u32,
    pub(crate) canary: bool,
    pub(crate) rare: PlacementRare,
}

impl<'a> PlanBuilder<'a> {
    pub(crate) fn new(snapshot: &State, eval: &'a Eval, job: Option<&Job>) -> Self {
        let mut plan = Plan::new(eval, snapshot.index);
        plan.all_at_once = job.is_some_and(|job| job.all_at_once);
        let groups = job.into_iter().flat_map(|job| &job.task_groups);
        let queued = groups.map(|group| (Name::from(group.name.as_str()), 0)).collect();
        Self { plan, eval, failed: BTreeMap::new(), queued, desired: BTreeMap::new() }
    }

    /// Stops an allocation.
    pub(crate) fn stop(&mut self, stop: &Stop) {
        self.plan.stops.push(AllocStop {
            id: stop.alloc.id,
            desired: DesiredStatus::Stop,
            reason: stop.reason,
            client: stop.client,
            state: None,
            followup: stop.followup,
            reschedule_failed: false,
        });
    }

    /// Notes that an allocation should have moved and found no node.
    pub(crate) fn reschedule_failed(&mut self, alloc: &Alloc) {
        if alloc.reschedule().is_some_and(|tracker| tracker.last_failed) {
            return;
        }
        self.plan.stops.push(AllocStop {
            id: alloc.id,
            desired: alloc.desired,
            reason: model::StopReason::None,
            client: None,
            state: None,
            followup: EvalId::NONE,
            reschedule_failed: true,
        });
    }

    /// Marks allocations that should stop as lost where their node is gone.
    pub(crate) fn lose_stopping(&mut self, allocs: &[Arc<Alloc>], is_gone: impl Fn(&Alloc) -> bool) {
        for alloc in allocs {
            if alloc.desired.is_terminal() && !alloc.client_terminal() && is_gone(alloc) {
                self.plan.stops.push(AllocStop {
                    id: alloc.id,
                    desired: alloc.desired,
                    reason: model::StopReason::Lost,
                    client: Some(ClientStatus::Lost),
                    state: None,
                    followup: EvalId::NONE,
                    reschedule_failed: false,
                });
            }
        }
    }

    /// Changes an allocation that stays.
    pub(crate) fn update(&mut self, update: InPlaceUpdate) {
        self.plan.updates.push(update);
    }

    /// Adds a new allocation to the run of its group.
    pub(crate) fn place(
        &mut self,
        job: &Job,
        group: &str,
        deployment: DeploymentId,
        placed: Placed,
        extras: Extras,
    ) {
        for evicted in &placed.evicted {
            self.plan.preemptions.push(Preemption { id: *evicted, by: placed.id });
        }
        if !placed.evicted.is_empty() {
            self.desired_of(group).preemptions += placed.evicted.len() as u64;
        }
        let rare = PlacementRare { preempted: placed.evicted, ..extras.rare };
        let placement = Placement {
            id: placed.id,
            index: extras.index,
            node: placed.node,
            assigned: placed.assigned,
            canary: extras.canary,
            rare: (rare != PlacementRare::default()).then(|| Box::new(rare)),
            scores: placed.scores,
            runners_up: placed.runners_up,
        };
        self.run(job, group, deployment, placed.pass).placements.push(placement);
    }

    /// The run to add to: the last one of the group, unless the counts changed.
    fn run(
        &mut self,
        job: &Job,
        group: &str,
        deployment: DeploymentId,
        pass: Option<PassMetrics>,
    ) -> &mut PlacementRun {
        let is_same = |run: &PlacementRun| {
            run.job_version == job.version && *run.group == *group && run.deployment == deployment
        };
        let known = self.plan.placements.iter().rposition(is_same);
        let at = match (known, pass) {
            (Some(at), None) => at,
            (known, pass) => {
                let known = known.map(|at| self.plan.placements[at].pass.clone());
                self.plan.placements.push(PlacementRun {
                    job_version: job.version,
                    group: group.into(),
                    deployment,
                    pass: pass.or(known).unwrap_or_default(),
                    placements: Vec::new(),
                });
                self.plan.placements.len() - 1
            }
        };
        &mut self.plan.placements[at]
    }

    /// Counts an allocation that found no node.
    pub(crate) fn fail(&mut self, group: &str, metric: Option<Box<AllocMetric>>) {
        *self.queued.entry(group.into()).or_default() += 1;
        match (self.failed.get_mut(group), metric) {
            (Some(known), _) => known.coalesced_failures += 1,
            (None, Some(metric)) => {
                self.failed.insert(group.into(), *metric);
            }
            (None, None) => {}
        }
    }

    /// Whether a placement of the group failed already.
    pub(crate) fn has_failed(&self, group: &str) -> bool {
        self.failed.contains_key(group)
    }

    /// The counts of a group.
    pub(crate) fn desired_of(&mut self, group: &str) -> &mut DesiredUpdates {
        if !self.desired.contains_key(group) {
            self.desired.insert(group.into(), DesiredUpdates::default());
        }
        self.desired.get_mut(group).expect("it was just inserted")
    }

    /// The node that a blocked evaluation of a system job waits for, if it is among those without room.
    pub(crate) fn waits_again(&self, nodes: &[NodeId]) -> Option<NodeId> {
        let blocked = self.eval.status == EvalStatus::Blocked && nodes.contains(&self.eval.node);
        blocked.then_some(self.eval.node)
    }

    /// What the evaluation says of its status.
    pub(crate) fn description(&self) -> Name {
        self.eval.status_description.clone()
    }

    /// Hands everything over, with a blocked evaluation when something waits for room.
    pub(crate) fn finish<'f>(
        mut self,
        mut followups: Followups<'_>,
        feasibility: impl Iterator<Item = &'f Feasibility>,
        annotate: bool,
    ) -> Outcome {
        let mut eval = self.eval.clone();
        let waits = !self.failed.is_empty();
        let (classes, escaped) = if waits { eligibility(feasibility) } else { Default::default() };
        eval.snapshot_index = self.plan.snapshot_index;
        if let Some(deployment) = &self.plan.deployment {
            eval.deployment = deployment.id;
        }
        if waits && self.eval.status == EvalStatus::Blocked {
            eval.class_eligibility = classes;
            eval.escaped = escaped;
        } else {
            eval.status = EvalStatus::Complete;
            eval.status_description = Name::from("");
            if waits {
                let blocked = followups.create(
                    EvalTrigger::QueuedAllocs,
                    "created to place remaining allocations",
                    model::Timestamp::NEVER,
                );
                blocked.status = EvalStatus::Blocked;
                blocked.class_eligibility = classes;
                blocked.escaped = escaped;
                blocked.snapshot_index = self.plan.snapshot_index;
                blocked.failed.clone_from(&self.failed);
                eval.blocked = blocked.id;
            }
        }
        eval.failed = std::mem::take(&mut self.failed);
        eval.queued = std::mem::take(&mut self.queued);
        let changed = self.desired.into_iter().filter(|entry| entry.1 != DesiredUpdates::default());
        let annotations = PlanAnnotations { groups: changed.collect() };
        self.plan.annotations = annotate.then(|| annotations.clone());
        eval.annotations = Some(annotations);
        Outcome { plan: self.plan, eval, created: followups.created }
    }
}

/// What is known of classes over all groups: one may help when any group could use it.
pub(crate) fn eligibility<'f>(all: impl Iterator<Item = &'f Feasibility>) -> (BTreeMap<u64, bool>, bool) {
    let mut classes: BTreeMap<u64, bool> = BTreeMap::new();
    let mut escaped = false;
    for feasibility in all {
        escaped |= feasibility.escaped;
        for (class, eligible) in &feasibility.classes {
            *classes.entry(*class).or_insert(false) |= eligible;
        }
    }
    (classes, escaped)
}
