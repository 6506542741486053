//! What service and batch jobs have in common: reconcile every group, then place what is missing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::{
    Alloc, ClientStatus, DeploymentId, Eval, InPlaceUpdate, Job, Name, NodeId, Outcome, PlacementRare,
    StopReason,
};
use state::Snapshot;

use super::stay::Stay;
use crate::cluster::Cluster;
use crate::place::{Placer, Request, RuledOut};
use crate::plan_builder::{Extras, PlanBuilder};
use crate::reconcile::{
    Deployments, Followups, GroupOutcome, Place, Scope, Stop, Taint, next_tracker, reconcile_group, settle,
    taint,
};
use crate::schedule::Options;

/// Tells the ids of follow-up evaluations from other derived ids.
pub(super) const FOLLOWUP_SALT: u128 = 0x666f_6c6c_6f77_7570 << 64;

/// Runs the whole scheduler for a service or batch job.
pub(super) fn run(snapshot: &Snapshot, eval: &Eval, options: &Options<'_>, batch: bool) -> Outcome {
    let stored = snapshot.job(&eval.job).cloned();
    let gone = stored.is_none();
    let job = stored.unwrap_or_else(|| Arc::new(Job { stop: true, ..Job::default() }));
    let mut builder = PlanBuilder::new(snapshot, eval, (!gone).then_some(&*job));
    let mut followups = Followups::new(eval, FOLLOWUP_SALT | u128::from(snapshot.index));
    let allocs: Vec<Arc<Alloc>> = snapshot.allocs_of_job(&eval.job).cloned().collect();
    builder.lose_stopping(&allocs, |alloc| matches!(taint(snapshot, alloc), Taint::Gone | Taint::Down));
    let mut deployments = if batch {
        Deployments::default()
    } else {
        Deployments::of(snapshot, eval, (!gone).then_some(&*job))
    };
    let scope = Scope {
        snapshot,
        job: &job,
        eval,
        now: options.now,
        batch,
        deployment: deployments.current.clone(),
        old_deployment: deployments.old.clone(),
    };
    let (mut outcomes, ruled_out) = reconcile(&scope, allocs, &mut followups);
    let created = settle(&mut deployments, eval, &job, &mut outcomes, options.now);
    let active = deployments.current.as_ref().filter(|deployment| deployment.status.is_active());
    let deployment = created.as_ref().map(|created| created.id).or(active.map(|active| active.id));
    builder.plan.deployment = created;
    builder.plan.deployment_updates = deployments.updates;

    let cluster = Cluster::new(snapshot, &job);
    let mut placer = Placer::new(snapshot, cluster, &job, eval, options.seed);
    placer.know_ruled_out(ruled_out);
    if let Some(claims) = options.claims {
        placer.claim(claims);
    }
    let mut writer = Writer {
        job: &job,
        deployment: deployment.unwrap_or(DeploymentId::NONE),
        now: options.now,
        placer: &mut placer,
        builder: &mut builder,
    };
    outcomes.iter().for_each(|outcome| writer.stop_and_update(outcome));
    outcomes.iter().for_each(|outcome| writer.replace(outcome));
    outcomes.iter().for_each(|outcome| writer.place(outcome));
    let mut outcome = builder.finish(followups, placer.feasibility(), options.annotate);
    outcome.eval.deployment = deployment.unwrap_or(eval.deployment);
    outcome
}

/// Reconciles every group of the job, and groups that only its allocations have.
fn reconcile(
    scope: &Scope<'_>,
    allocs: Vec<Arc<Alloc>>,
    followups: &mut Followups<'_>,
) -> (Vec<GroupOutcome>, RuledOut) {
    let mut by_group: BTreeMap<Name, Vec<Arc<Alloc>>> = BTreeMap::new();
    for alloc in allocs {
        by_group.entry(alloc.group.clone()).or_default().push(alloc);
    }
    let mut stay = Stay::new(scope.snapshot, scope.job);
    let mut names: Vec<Name> =
        scope.job.task_groups.iter().map(|group| Name::from(group.name.as_str())).collect();
    let known: BTreeSet<Name> = names.iter().cloned().collect();
    names.extend(by_group.keys().filter(|name| !known.contains(*name)).cloned());
    let mut outcomes = Vec::with_capacity(names.len());
    for name in names {
        let allocs = by_group.remove(&name).unwrap_or_default();
        outcomes.push(reconcile_group(scope, name, allocs, followups, &mut |alloc, group| {
            stay.can_stay(alloc, group)
        }));
    }
    (outcomes, stay.into_ruled_out())
}

/// Writes the outcomes of all groups into the plan.
struct Writer<'w, 'a> {
    job: &'w Arc<Job>,
    deployment: DeploymentId,
    now: model::Timestamp,
    placer: &'w mut Placer<'a>,
    builder: &'w mut PlanBuilder<'a>,
}

impl Writer<'_, '_> {
    /// Stops and updates come first: they make room.
    fn stop_and_update(&mut self, outcome: &GroupOutcome) {
        *self.builder.desired_of(&outcome.group) = outcome.desired;
        for stop in &outcome.stops {
            self.builder.stop(stop);
            self.placer.stop(&stop.alloc);
        }
        for note in &outcome.notes {
            self.builder.update(InPlaceUpdate {
                id: note.alloc.id,
                job_version: None,
                deployment: DeploymentId::NONE,
                client: note.client,
                state: note.state,
                followup: note.followup,
                reason: note.reason,
            });
        }
        for alloc in &outcome.in_place {
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
    }

    /// Replaces allocations one by one; one whose replacement finds no node goes on.
    fn replace(&mut self, outcome: &GroupOutcome) {
        self.placer.expect(outcome.destructive.len() + outcome.place.len());
        for alloc in &outcome.destructive {
            self.placer.stop(alloc);
            let place = Place {
                index: alloc.index,
                previous: Some(Arc::clone(alloc)),
                reschedule: false,
                stop_previous: false,
                lost: false,
                canary: false,
                job: Arc::clone(self.job),
            };
            if self.place_one(outcome, &place) {
                self.builder.stop(&Stop::new(Arc::clone(alloc), StopReason::Updating));
            } else {
                self.placer.unstop(alloc);
            }
        }
    }

    fn place(&mut self, outcome: &GroupOutcome) {
        self.placer.expect(outcome.place.len());
        for place in &outcome.place {
            let placed = self.place_one(outcome, place);
            let Some(previous) = &place.previous else { continue };
            if placed && place.stop_previous {
                self.builder.stop(&Stop::new(Arc::clone(previous), StopReason::None));
            } else if !placed && place.reschedule {
                self.builder.reschedule_failed(previous);
            }
        }
    }

    /// Places one allocation; after a first failure the others of the group are only counted.
    fn place_one(&mut self, outcome: &GroupOutcome, place: &Place) -> bool {
        let group = &*outcome.group;
        let at = place.job.task_groups.iter().position(|candidate| candidate.name == group);
        let Some(at) = at.filter(|_| !self.builder.has_failed(group)) else {
            self.builder.fail(group, None);
            return false;
        };
        let mut request = request(&place.job, at, place);
        match self.placer.place(&place.job, at, &mut request) {
            Ok(placed) => {
                let extras = Extras { index: place.index, canary: place.canary, rare: self.rare(place) };
                self.builder.place(&place.job, group, self.deployment, placed, extras);
                true
            }
            Err(metric) => {
                self.builder.fail(group, Some(metric));
                false
            }
        }
    }

    fn rare(&self, place: &Place) -> PlacementRare {
        let Some(previous) = &place.previous else { return PlacementRare::default() };
        let reschedule = place.reschedule.then(|| next_tracker(previous, self.now));
        PlacementRare { previous: previous.id, reschedule, preempted: Vec::new() }
    }
}

/// Where an allocation should go and where it should not.
fn request(job: &Job, group: usize, place: &Place) -> Request {
    let mut request = Request { index: place.index, ..Request::default() };
    let Some(previous) = &place.previous else { return request };
    let disk = job.task_groups[group].ephemeral_disk.as_ref();
    if disk.is_some_and(|disk| disk.sticky || disk.migrate) {
        request.preferred = Some(previous.node);
    }
    let mut penalty: BTreeSet<NodeId> = BTreeSet::new();
    if previous.client == ClientStatus::Failed {
        penalty.insert(previous.node);
    }
    penalty.extend(
        previous.reschedule().iter().flat_map(|tracker| &tracker.events).map(|event| event.previous_node),
    );
    request.penalty = penalty;
    request
}
