//! Deployments: which one counts, which are overtaken, which are done, and which begins.

use std::sync::Arc;

use model::{Deployment, DeploymentId, DeploymentStatus, DeploymentUpdate, Eval, Job, Name, Timestamp};
use state::State;

use super::outcome::GroupOutcome;

/// The deployments of a job before its groups are looked at.
#[derive(Debug, Clone, Default)]
pub(crate) struct Deployments {
    pub(crate) current: Option<Arc<Deployment>>,
    pub(crate) old: Option<Arc<Deployment>>,
    pub(crate) updates: Vec<DeploymentUpdate>,
}

impl Deployments {
    /// Sorts the newest deployment of a job; `job` is none when the job is gone.
    pub(crate) fn of(snapshot: &State, eval: &Eval, job: Option<&Job>) -> Self {
        let mut found = Self::default();
        let Some(latest) = snapshot.latest_deployment(&eval.job) else { return found };
        let Some(job) = job.filter(|job| !job.stop) else {
            if latest.status.is_active() {
                found.cancel(latest, "Cancelled because job is stopped");
            }
            return found;
        };
        if latest.job_create_index != job.create_index || latest.job_version != job.version {
            if latest.status.is_active() {
                found.cancel(latest, "Cancelled due to newer version of job");
            }
            found.old = Some(Arc::clone(latest));
        } else if latest.status == DeploymentStatus::Successful {
            found.old = Some(Arc::clone(latest));
        } else {
            found.current = Some(Arc::clone(latest));
        }
        found
    }

    fn cancel(&mut self, deployment: &Deployment, why: &str) {
        self.updates.push(update(deployment.id, DeploymentStatus::Cancelled, why));
    }
}

fn update(id: DeploymentId, status: DeploymentStatus, description: &str) -> DeploymentUpdate {
    DeploymentUpdate { id, status, description: Name::from(description) }
}

/// Creates the deployment that groups want, or ends the one in which all groups are complete.
pub(crate) fn settle(
    deployments: &mut Deployments,
    eval: &Eval,
    job: &Job,
    outcomes: &mut [GroupOutcome],
    now: Timestamp,
) -> Option<Deployment> {
    if let Some(current) = &deployments.current {
        let complete = !outcomes.is_empty() && outcomes.iter().all(|outcome| outcome.complete);
        if complete && current.status.is_active() {
            let done = update(current.id, DeploymentStatus::Successful, "Deployment completed successfully");
            deployments.updates.push(done);
        }
        return None;
    }
    let groups =
        outcomes.iter_mut().filter_map(|outcome| Some((outcome.group.clone(), outcome.deployment.take()?)));
    let groups: std::collections::BTreeMap<_, _> = groups.collect();
    if groups.is_empty() {
        return None;
    }
    let mut deployment = Deployment {
        id: DeploymentId::derive(&[eval.id.0, u128::from(job.version), u128::from(job.create_index)]),
        job: eval.job.clone(),
        job_version: job.version,
        job_modify_index: job.modify_index,
        job_spec_modify_index: job.job_modify_index,
        job_create_index: job.create_index,
        groups,
        status: DeploymentStatus::Running,
        description: Name::from(""),
        eval_priority: eval.priority,
        eval: eval.id,
        create_time: now,
        modify_time: now,
        create_index: 0,
        modify_index: 0,
    };
    deployment.description = Name::from(describe(&deployment));
    Some(deployment)
}

/// The sentence about a deployment that runs.
pub(crate) fn describe(deployment: &Deployment) -> &'static str {
    if !deployment.requires_promotion() {
        return "Deployment is running";
    }
    let canaries = deployment.groups.values().filter(|group| group.desired_canaries > 0);
    if canaries.into_iter().all(|group| group.auto_promote) {
        "Deployment is running pending automatic promotion"
    } else {
        "Deployment is running but requires manual promotion"
    }
}
