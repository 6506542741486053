//! What every step of a reconciliation may look at.

use std::sync::Arc;

use model::{Deployment, DeploymentStatus, Eval, Job, Timestamp};
use state::State;

/// One job in one evaluation.
#[derive(Debug, Clone)]
pub(crate) struct Scope<'a> {
    pub(crate) snapshot: &'a State,
    pub(crate) job: &'a Arc<Job>,
    pub(crate) eval: &'a Eval,
    pub(crate) now: Timestamp,
    pub(crate) batch: bool,
    /// Deployment of the job's current version.
    pub(crate) deployment: Option<Arc<Deployment>>,
    /// Deployment of an earlier version, or one that is over.
    pub(crate) old_deployment: Option<Arc<Deployment>>,
}

impl Scope<'_> {
    /// Whether the deployment waits for somebody.
    pub(crate) fn paused(&self) -> bool {
        self.deployment.as_ref().is_some_and(|deployment| {
            matches!(
                deployment.status,
                DeploymentStatus::Paused | DeploymentStatus::Pending | DeploymentStatus::Initializing
            )
        })
    }

    /// Whether the deployment gave up.
    pub(crate) fn failed(&self) -> bool {
        self.deployment.as_ref().is_some_and(|deployment| deployment.status == DeploymentStatus::Failed)
    }
}
