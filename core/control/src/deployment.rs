//! Watches deployments: drives each on as its allocations become healthy, and fails it when they do not.
//!
//! ```text
//!                 healthy count grew            all canaries healthy, auto_promote
//!   running ─────▶ evaluation (next batch)  ─────▶ promote, evaluation
//!      │  │
//!      │  └── an allocation failed or is unhealthy ▶ mark it for rescheduling, evaluation
//!      └───── progress deadline passed ────────────▶ failed (back to the last stable version with auto_revert)
//!             unhealthy and no progress deadline ──▶ failed
//! ```
//!
//! That a deployment is complete is decided by the scheduler, which sees all of it.
//! Limits: one entry per active deployment of the state; one proposal per deployment at a time.

use std::collections::{BTreeMap, BTreeSet};

use model::{
    AllocId, AllocTransition, ClientStatus, Deployment, DeploymentGroup, DeploymentId, DeploymentStatus,
    DeploymentUpdate, EvalTrigger, Job, Name, Nanos, Timestamp,
};
use state::{Command, State};

use crate::request::{eval_of, follow_up};
use crate::token::EvalIds;

/// What of a deployment has been acted on.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    /// Healthy allocations at the last look.
    healthy: u32,
    /// Its entry among the deadlines.
    deadline: Option<Timestamp>,
}

/// The machine.
#[derive(Debug, Default)]
pub struct DeploymentWatcher {
    seen: BTreeMap<DeploymentId, Seen>,
    deadlines: BTreeSet<(Timestamp, DeploymentId)>,
    marked: BTreeSet<AllocId>,
}

impl DeploymentWatcher {
    /// Looks at a deployment that changed, or whose allocations did; returns what to propose.
    pub fn look(
        &mut self,
        state: &State,
        now: Timestamp,
        ids: &mut EvalIds,
        id: DeploymentId,
    ) -> Vec<Command> {
        let Some(deployment) = state.deployment(id).filter(|deployment| deployment.status.is_active()) else {
            self.forget(id);
            return Vec::new();
        };
        self.set_deadline(deployment);
        if deployment.status != DeploymentStatus::Running {
            return Vec::new();
        }
        if let Some(reason) = failure(deployment, now) {
            self.forget(id);
            return vec![fail(state, now, ids, deployment, reason)];
        }
        if promotable(state, deployment) {
            let eval = follow_up(state, now, id, ids.next_id());
            return vec![Command::PromoteDeployment { id, groups: None, eval }];
        }
        let reschedule = self.reschedule(state, now, ids, deployment);
        reschedule.into_iter().chain(self.drive_on(state, now, ids, deployment)).collect()
    }

    /// Returns the deployments whose progress deadline has passed.
    pub fn due(&mut self, now: Timestamp) -> Vec<DeploymentId> {
        let mut due = Vec::new();
        while let Some(&(at, id)) = self.deadlines.first() {
            if at > now {
                break;
            }
            self.deadlines.pop_first();
            due.push(id);
        }
        due
    }

    /// When [`Self::due`] has something to return next.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.deadlines.first().map(|entry| entry.0)
    }

    /// How many are watched.
    #[must_use]
    pub fn len(&self) -> usize {
        self.seen.len()
    }

    /// Whether none is watched.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }

    fn forget(&mut self, id: DeploymentId) {
        if let Some(at) = self.seen.remove(&id).and_then(|seen| seen.deadline) {
            self.deadlines.remove(&(at, id));
        }
        if self.seen.is_empty() {
            self.marked.clear();
        }
    }

    fn set_deadline(&mut self, deployment: &Deployment) {
        let next = deployment
            .groups
            .values()
            .filter(|group| !complete(group) && !group.require_progress_by.is_never())
            .map(|group| group.require_progress_by)
            .min();
        let seen = self.seen.entry(deployment.id).or_default();
        if let Some(old) = std::mem::replace(&mut seen.deadline, next) {
            self.deadlines.remove(&(old, deployment.id));
        }
        self.deadlines.extend(next.map(|at| (at, deployment.id)));
    }

    /// Wakes the scheduler when more allocations are healthy than at the last look.
    fn drive_on(
        &mut self,
        state: &State,
        now: Timestamp,
        ids: &mut EvalIds,
        deployment: &Deployment,
    ) -> Option<Command> {
        let healthy = deployment.groups.values().map(|group| group.healthy).sum();
        let seen = self.seen.entry(deployment.id).or_default();
        if healthy <= std::mem::replace(&mut seen.healthy, healthy) {
            return None;
        }
        let eval = follow_up(state, now, deployment.id, ids.next_id())?;
        Some(Command::UpsertEvals(vec![*eval]))
    }

    /// The scheduler moves a failed allocation of an active deployment only when it is told to.
    fn reschedule(
        &mut self,
        state: &State,
        now: Timestamp,
        ids: &mut EvalIds,
        deployment: &Deployment,
    ) -> Option<Command> {
        let transition = AllocTransition { reschedule: Some(true), ..AllocTransition::default() };
        let transitions: Vec<_> = state
            .allocs_of_deployment(deployment.id)
            .filter(|alloc| alloc.client == ClientStatus::Failed && alloc.next.is_none())
            .filter(|alloc| !alloc.desired.is_terminal() && !alloc.transition().should_reschedule())
            .filter(|alloc| self.marked.insert(alloc.id))
            .map(|alloc| (alloc.id, transition))
            .collect();
        if transitions.is_empty() {
            return None;
        }
        let job = state.job(&deployment.job)?;
        let mut eval = eval_of(now, ids.next_id(), job, EvalTrigger::DeploymentWatcher);
        eval.deployment = deployment.id;
        Some(Command::SetAllocTransitions { transitions, evals: vec![eval] })
    }
}

const fn complete(group: &DeploymentGroup) -> bool {
    let promoted = group.desired_canaries == 0 || group.promoted;
    let wanted = if group.desired_total > group.desired_canaries {
        group.desired_total
    } else {
        group.desired_canaries
    };
    promoted && group.healthy >= wanted
}

/// Waits for a person to promote canaries that are all healthy: no deadline counts meanwhile.
const fn awaits_promotion(group: &DeploymentGroup) -> bool {
    group.desired_canaries > 0 && !group.promoted && group.healthy >= group.desired_canaries
}

fn failure(deployment: &Deployment, now: Timestamp) -> Option<&'static str> {
    let groups = || deployment.groups.values();
    if groups().any(|group| group.unhealthy > 0 && group.progress_deadline == Nanos::ZERO) {
        return Some("Failed due to unhealthy allocations");
    }
    let late = |group: &DeploymentGroup| {
        let by = group.require_progress_by;
        !by.is_never() && by <= now && !complete(group) && !awaits_promotion(group)
    };
    groups().any(late).then_some("Failed due to progress deadline")
}

/// Whether every group with canaries promotes them by itself and all of them are healthy.
fn promotable(state: &State, deployment: &Deployment) -> bool {
    let healthy = |group: &DeploymentGroup| {
        let count = group
            .placed_canaries
            .iter()
            .filter_map(|id| state.alloc(*id))
            .filter(|alloc| alloc.health.is_some_and(|health| health.healthy == Some(true)))
            .count();
        count >= usize::try_from(group.desired_canaries).unwrap_or(usize::MAX)
    };
    deployment.requires_promotion()
        && deployment
            .groups
            .values()
            .filter(|group| group.desired_canaries > 0 && !group.promoted)
            .all(|group| group.auto_promote && healthy(group))
}

fn fail(state: &State, now: Timestamp, ids: &mut EvalIds, deployment: &Deployment, reason: &str) -> Command {
    let reverts = deployment.groups.values().any(|group| group.auto_revert);
    let job = if reverts { last_stable(state, deployment) } else { None };
    let description = match &job {
        Some(job) => format!("{reason} - rolling back to job version {}", job.version),
        None if reverts => format!("{reason} - no stable job version to auto revert to"),
        None => reason.to_owned(),
    };
    let update = DeploymentUpdate {
        id: deployment.id,
        status: DeploymentStatus::Failed,
        description: Name::from(description),
    };
    let eval = follow_up(state, now, deployment.id, ids.next_id());
    Command::SetDeploymentStatus { update, job: job.map(Box::new), eval }
}

/// The newest version before the deployment's that was deployed successfully.
fn last_stable(state: &State, deployment: &Deployment) -> Option<Job> {
    state
        .job_versions(&deployment.job)
        .rev()
        .find(|job| job.stable && job.version < deployment.job_version)
        .map(|job| (**job).clone())
}
