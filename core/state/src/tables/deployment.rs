//! Deployments.

use std::sync::Arc;

use model::{Deployment, DeploymentId, JobKey};

use crate::{State, Table};

impl State {
    /// The deployment of that id.
    #[must_use]
    pub fn deployment(&self, id: DeploymentId) -> Option<&Arc<Deployment>> {
        self.deployments.get(&id)
    }

    /// Every deployment, by id.
    pub fn deployments(&self) -> impl Iterator<Item = &Arc<Deployment>> {
        self.deployments.values()
    }

    /// The deployments of a job, by id.
    pub fn deployments_of_job(&self, key: &JobKey) -> impl Iterator<Item = &Arc<Deployment>> {
        let ids = self.job_links.get(key).map(|links| &links.deployments);
        ids.into_iter().flatten().filter_map(|id| self.deployments.get(id))
    }

    /// The newest deployment of a job.
    #[must_use]
    pub fn latest_deployment(&self, key: &JobKey) -> Option<&Arc<Deployment>> {
        self.deployments_of_job(key).max_by_key(|deployment| (deployment.create_index, deployment.id))
    }

    /// Stores a deployment. Indexes on the record are the caller's.
    pub(crate) fn put_deployment(&mut self, deployment: Deployment) {
        self.links_mut(&deployment.job).deployments.insert(deployment.id);
        self.deployments.insert(deployment.id, Arc::new(deployment));
        self.indexes.set(Table::Deployments, self.index);
    }

    /// Forgets a deployment.
    pub(crate) fn remove_deployment(&mut self, id: DeploymentId) -> Option<Arc<Deployment>> {
        let removed = self.deployments.remove(&id)?;
        self.unlink(&removed.job, |links| {
            links.deployments.remove(&id);
        });
        self.indexes.set(Table::Deployments, self.index);
        Some(removed)
    }
}
