//! The plan of a system or sysbatch job: every node alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{
    Alloc, AllocState, ClientStatus, Deployment, DeploymentGroup, DeploymentId, DeploymentStatus, Eval,
    EvalStatus, EvalTrigger, InPlaceUpdate, Job, Name, Nanos, NodeId, Outcome, PlacementRare, StopReason,
    Timestamp, Update,
};
use state::Snapshot;

use super::generic::{self, FOLLOWUP_SALT};
use super::stay::Stay;
use super::system_diff::{Slot, SystemClass, SystemScope};
use crate::cluster::Cluster;
use crate::place::{Missed, Placer, Request};
use crate::plan_builder::{Extras, PlanBuilder, eligibility};
use crate::reconcile::{Deployments, Followups, Stop, describe, lost_after, needs_replacement};
use crate::schedule::Options;

/// Runs the whole scheduler for a system or sysbatch job.
pub(super) fn run(snapshot: &Snapshot, eval: &Eval, options: &Options<'_>, sysbatch: bool) -> Outcome {
    let Some(job) = snapshot.job(&eval.job).filter(|job| !job.stop).cloned() else {
        return generic::run(snapshot, eval, options, sysbatch);
    };
    let mut builder = PlanBuilder::new(snapshot, eval, Some(&job));
    let mut followups = Followups::new(eval, FOLLOWUP_SALT | u128::from(snapshot.index));
    let scope = SystemScope { snapshot, job: &job, now: options.now, sysbatch };
    let diff = scope.diff(snapshot.allocs_of_job(&eval.job).cloned().collect());
    let deployments =
        if sysbatch { Deployments::default() } else { Deployments::of(snapshot, eval, Some(&job)) };
    let cluster = Cluster::new(snapshot, &job);
    let mut placer = Placer::new(snapshot, cluster, &job, eval, options.seed);
    if let Some(claims) = options.claims {
        placer.claim(claims);
    }
    let mut writer = SystemWriter {
        snapshot,
        job: &job,
        now: options.now,
        builder: &mut builder,
        placer: &mut placer,
        followups: &mut followups,
        deployments,
        deployment: DeploymentId::NONE,
        blocked: Vec::new(),
    };
    let updates = writer.settle_known(diff.known);
    writer.update(updates);
    writer.place(diff.missing);
    let blocked = std::mem::take(&mut writer.blocked);
    finish(builder, followups, &placer, &blocked, options)
}

/// A group with the allocations to replace and those to update where they run.
type GroupUpdates = (Name, Vec<Arc<Alloc>>, Vec<Arc<Alloc>>);

/// Writes a system job's plan.
struct SystemWriter<'w, 'a> {
    snapshot: &'a Snapshot,
    job: &'w Arc<Job>,
    now: Timestamp,
    builder: &'w mut PlanBuilder<'a>,
    placer: &'w mut Placer<'a>,
    followups: &'w mut Followups<'a>,
    deployments: Deployments,
    deployment: DeploymentId,
    /// Nodes that wait for room.
    blocked: Vec<NodeId>,
}

impl SystemWriter<'_, '_> {
    /// Stops and marks what does not stay; returns what has to be updated, by group.
    fn settle_known(&mut self, known: Vec<(Arc<Alloc>, SystemClass)>) -> BTreeMap<Name, Vec<Arc<Alloc>>> {
        let mut updates: BTreeMap<Name, Vec<Arc<Alloc>>> = BTreeMap::new();
        for (alloc, class) in known {
            let desired = self.builder.desired_of(&alloc.group);
            let stop = match class {
                SystemClass::Ignore => {
                    desired.ignore += 1;
                    continue;
                }
                SystemClass::Update => {
                    updates.entry(alloc.group.clone()).or_default().push(alloc);
                    continue;
                }
                SystemClass::Disconnect | SystemClass::Reconnect => {
                    self.mark(&alloc, class == SystemClass::Disconnect);
                    continue;
                }
                SystemClass::Stop => {
                    desired.stop += 1;
                    Stop::new(alloc, StopReason::NotNeeded)
                }
                SystemClass::Migrate => {
                    desired.migrate += 1;
                    Stop::new(alloc, StopReason::Tainted)
                }
                SystemClass::Lost => {
                    desired.stop += 1;
                    Stop::lost(alloc)
                }
            };
            self.builder.stop(&stop);
            self.placer.stop(&stop.alloc);
        }
        updates
    }

    /// Records that a client went away, with an evaluation that gives it up in time, or that it came back.
    fn mark(&mut self, alloc: &Alloc, away: bool) {
        let desired = self.builder.desired_of(&alloc.group);
        let (status, followup) = if away {
            desired.disconnect += 1;
            let due = self.now + lost_after(alloc.task_group()).unwrap_or(Nanos::ZERO);
            (ClientStatus::Unknown, self.followups.disconnect(&[due])[0])
        } else {
            desired.reconnect += 1;
            (alloc.client, model::EvalId::NONE)
        };
        self.builder.update(InPlaceUpdate {
            id: alloc.id,
            job_version: None,
            deployment: DeploymentId::NONE,
            client: away.then_some(status),
            state: Some(AllocState { status, time: self.now }),
            followup,
            reason: if away { StopReason::Unknown } else { StopReason::None },
        });
    }

    /// Updates allocations where they run, and replaces the others as fast as the group allows.
    fn update(&mut self, updates: BTreeMap<Name, Vec<Arc<Alloc>>>) {
        let mut stay = Stay::new(self.snapshot, self.job);
        let job = Arc::clone(self.job);
        let mut sorted = Vec::new();
        for (name, allocs) in updates {
            let Some(group) = job.group(&name) else { continue };
            let (replaced, in_place): (Vec<_>, Vec<_>) = allocs.into_iter().partition(|alloc| {
                needs_replacement(&alloc.job, &job, &name) || !stay.can_stay(alloc, group)
            });
            sorted.push((name, replaced, in_place));
        }
        self.open_deployment(&sorted);
        for (name, replaced, in_place) in sorted {
            self.builder.desired_of(&name).in_place_update += in_place.len() as u64;
            for alloc in &in_place {
                self.builder.update(InPlaceUpdate {
                    id: alloc.id,
                    job_version: Some(self.job.version),
                    deployment: self.deployment,
                    client: None,
                    state: None,
                    followup: model::EvalId::NONE,
                    reason: StopReason::None,
                });
            }
            self.replace(&name, &replaced);
        }
    }

    fn replace(&mut self, name: &Name, allocs: &[Arc<Alloc>]) {
        let (limit, canary) = self.limit(name, allocs.len());
        let now = allocs.len().min(limit);
        let desired = self.builder.desired_of(name);
        // A replacement counts twice: as an update and as the placement that it leads to.
        let twice = self.job.kind() == model::JobKind::System;
        if canary {
            // Canaries are wanted everywhere at first; those beyond their number wait.
            desired.destructive_update += allocs.len() as u64;
            desired.place += allocs.len() as u64;
            desired.canary += now as u64;
            let waiting = u32::try_from(allocs.len() - now).unwrap_or(u32::MAX);
            *self.builder.queued.entry(name.clone()).or_default() += waiting;
        } else {
            desired.destructive_update += now as u64;
            desired.place += if twice { now as u64 } else { 0 };
            desired.ignore += (allocs.len() - now) as u64;
        }
        for alloc in &allocs[..now] {
            self.placer.stop(alloc);
            let slot = (alloc.node, name.clone(), alloc.index);
            if self.place_one(&slot, Some(alloc), canary) {
                self.builder.stop(&Stop::new(Arc::clone(alloc), StopReason::Updating));
            } else {
                self.placer.unstop(alloc);
            }
        }
    }

    fn update_of(&self, group: &str) -> Option<&Update> {
        self.job.group(group).and_then(|group| group.update.as_ref()).filter(|update| update.max_parallel > 0)
    }

    /// How many of `replaced` may be replaced now, and whether they are canaries.
    fn limit(&self, group: &Name, replaced: usize) -> (usize, bool) {
        let Some(update) = self.update_of(group) else { return (replaced, false) };
        let max_parallel = usize::try_from(update.max_parallel).unwrap_or(0);
        let new = self.builder.plan.deployment.as_ref();
        let Some(deployment) = self.deployments.current.as_deref().or(new) else {
            return (max_parallel, false);
        };
        if matches!(deployment.status, DeploymentStatus::Paused | DeploymentStatus::Failed) {
            return (0, false);
        }
        let state = deployment.groups.get(group).cloned().unwrap_or_default();
        if state.desired_canaries > 0 && !state.promoted {
            let missing = (state.desired_canaries as usize).saturating_sub(state.placed_canaries.len());
            return (missing.min(max_parallel), true);
        }
        let open = self.snapshot.allocs_of_deployment(deployment.id).filter(|alloc| {
            alloc.group == *group
                && !alloc.is_terminal()
                && alloc.health.and_then(|health| health.healthy) != Some(true)
        });
        (max_parallel.saturating_sub(open.count()), false)
    }

    /// Uses the deployment that runs, or opens one when a version rolls out.
    fn open_deployment(&mut self, sorted: &[GroupUpdates]) {
        self.builder.plan.deployment_updates = std::mem::take(&mut self.deployments.updates);
        if let Some(current) = &self.deployments.current {
            if current.status.is_active() {
                self.deployment = current.id;
            }
            self.complete_deployment(sorted.is_empty());
            return;
        }
        if self.job.version == 0 || self.began_without_deployment() {
            return;
        }
        let mut groups = BTreeMap::new();
        for (name, replaced, in_place) in sorted {
            let Some(update) = self.update_of(name) else { continue };
            if replaced.is_empty() && in_place.is_empty() {
                continue;
            }
            let share =
                u64::try_from(update.canary).unwrap_or(0).saturating_mul(replaced.len() as u64).div_ceil(100);
            let canaries = share.min(u64::try_from(update.max_parallel).unwrap_or(0));
            groups.insert(
                name.clone(),
                DeploymentGroup {
                    auto_revert: update.auto_revert,
                    auto_promote: update.auto_promote,
                    progress_deadline: update.progress_deadline,
                    desired_canaries: u32::try_from(canaries).unwrap_or(u32::MAX),
                    desired_total: 0,
                    ..DeploymentGroup::default()
                },
            );
        }
        for (name, group) in &mut groups {
            group.desired_total = self.feasible_nodes(name);
        }
        if !groups.is_empty() {
            self.begin(groups);
        }
    }

    /// Whether this version runs already outside of any deployment.
    fn began_without_deployment(&self) -> bool {
        let mut allocs = self.snapshot.allocs_of_job(&self.builder.plan.job);
        allocs.any(|alloc| {
            alloc.job.version == self.job.version
                && alloc.job.create_index == self.job.create_index
                && alloc.deployment.is_none()
        })
    }

    fn feasible_nodes(&mut self, group: &str) -> u32 {
        let Some(at) = self.job.task_groups.iter().position(|candidate| candidate.name == group) else {
            return 0;
        };
        let (pass, _) = self.placer.pass(self.job, at, 0);
        let feasible = pass.feasibility().reasons.iter().filter(|reason| reason.is_none()).count();
        u32::try_from(feasible).unwrap_or(u32::MAX)
    }

    fn begin(&mut self, groups: BTreeMap<Name, DeploymentGroup>) {
        let job = self.job;
        let eval = &self.builder.plan.eval;
        let mut deployment = Deployment {
            id: DeploymentId::derive(&[eval.0, u128::from(job.version), u128::from(job.create_index)]),
            job: self.builder.plan.job.clone(),
            job_version: job.version,
            job_modify_index: job.modify_index,
            job_spec_modify_index: job.job_modify_index,
            job_create_index: job.create_index,
            groups,
            status: DeploymentStatus::Running,
            description: Name::from(""),
            eval_priority: self.builder.plan.priority,
            eval: *eval,
            create_time: self.now,
            modify_time: self.now,
            create_index: 0,
            modify_index: 0,
        };
        deployment.description = Name::from(describe(&deployment));
        self.deployment = deployment.id;
        self.builder.plan.deployment_updates.push(model::DeploymentUpdate {
            id: deployment.id,
            status: DeploymentStatus::Running,
            description: Name::from("Deployment is running"),
        });
        self.builder.plan.deployment = Some(deployment);
    }

    /// Ends the deployment when nothing is left to update and all are healthy.
    fn complete_deployment(&mut self, quiet: bool) {
        let Some(current) = self.deployments.current.as_ref().filter(|current| current.status.is_active())
        else {
            return;
        };
        let healthy = current.groups.values().all(|group| {
            group.healthy >= group.desired_total && (group.desired_canaries == 0 || group.promoted)
        });
        if quiet && healthy {
            let done = model::DeploymentUpdate {
                id: current.id,
                status: DeploymentStatus::Successful,
                description: Name::from("Deployment completed successfully"),
            };
            self.builder.plan.deployment_updates.push(done);
        }
    }

    fn place(&mut self, missing: Vec<(Slot, Option<Arc<Alloc>>)>) {
        for (slot, ended) in missing {
            if self.place_one(&slot, ended.as_ref(), false) {
                self.builder.desired_of(&slot.1).place += 1;
            }
        }
        self.report_nowhere();
    }

    /// Places one name on its node. A node that filters remove is no failure.
    fn place_one(&mut self, slot: &Slot, previous: Option<&Arc<Alloc>>, canary: bool) -> bool {
        let (node, group, index) = slot;
        let Some(at) = self.job.task_groups.iter().position(|candidate| candidate.name == **group) else {
            return false;
        };
        let mut request = Request { index: *index, ..Request::default() };
        match self.placer.place_on(self.job, at, &mut request, *node) {
            Ok(placed) => {
                let previous = previous.map_or(model::AllocId::NONE, |alloc| alloc.id);
                let rare = PlacementRare { previous, ..PlacementRare::default() };
                let extras = Extras { index: *index, canary, rare };
                self.builder.place(self.job, group, self.deployment, placed, extras);
                true
            }
            Err(Missed::Filtered) => false,
            Err(Missed::Exhausted(metric)) => {
                self.builder.fail(group, Some(metric));
                self.blocked.push(*node);
                false
            }
        }
    }

    /// Reports groups that filters keep off every node.
    fn report_nowhere(&mut self) {
        let job = Arc::clone(self.job);
        for (at, group) in job.task_groups.iter().enumerate().filter(|entry| entry.1.count > 0) {
            let (pass, cluster) = self.placer.pass(&job, at, 0);
            let nowhere = cluster.len() > 0 && pass.tally().filtered() as usize == cluster.len();
            if nowhere && pass.feasibility().reasons.iter().all(Option::is_some) {
                let metric =
                    model::AllocMetric { pass: Arc::new(pass.failure(cluster, 0)), ..Default::default() };
                self.builder.failed.insert(group.name.as_str().into(), metric);
            }
        }
    }
}

/// Hands the plan over. A node without room gets a blocked evaluation of its own.
fn finish(
    mut builder: PlanBuilder<'_>,
    mut followups: Followups<'_>,
    placer: &Placer<'_>,
    blocked: &[NodeId],
    options: &Options<'_>,
) -> Outcome {
    let (classes, escaped) = eligibility(placer.feasibility());
    let mut nodes = blocked.to_vec();
    nodes.sort_unstable();
    nodes.dedup();
    // An evaluation that waited for one of these nodes goes on waiting for it.
    let again = builder.waits_again(&nodes);
    for node in nodes.into_iter().filter(|node| Some(*node) != again) {
        let description = "created to place remaining allocations";
        let eval = followups.create(EvalTrigger::QueuedAllocs, description, Timestamp::NEVER);
        eval.status = EvalStatus::Blocked;
        eval.node = node;
        eval.class_eligibility = classes.clone();
        eval.escaped = escaped;
        eval.snapshot_index = builder.plan.snapshot_index;
    }
    let failed = std::mem::take(&mut builder.failed);
    let waiting_for = builder.description();
    let mut outcome = builder.finish(followups, std::iter::empty(), options.annotate);
    outcome.eval.failed = failed;
    if again.is_some() {
        outcome.eval.status = EvalStatus::Blocked;
        outcome.eval.status_description = waiting_for;
        outcome.eval.class_eligibility = classes;
        outcome.eval.escaped = escaped;
    }
    outcome
}
