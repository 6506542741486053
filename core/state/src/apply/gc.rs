//! Forgetting what nobody needs. The batch was chosen on an older state: what is needed by now stays.

use model::{AllocId, DeploymentId, EvalId, JobKey, JobStatus, NodeId, NodeStatus};

use super::{Change, GcBatch};
use crate::txn::Txn;

impl Txn<'_> {
    /// Forgets allocations first, then what they referred to.
    pub(super) fn collect_garbage(&mut self, batch: &GcBatch) {
        for id in &batch.allocs {
            self.collect_alloc(*id);
        }
        for id in &batch.evals {
            self.collect_eval(*id);
        }
        for id in &batch.deployments {
            self.collect_deployment(*id);
        }
        self.derive_job_statuses();
        for key in &batch.jobs {
            self.collect_job(key);
        }
        for id in &batch.nodes {
            self.collect_node(*id);
        }
    }

    /// An allocation goes once its client is done with it, or has been forgotten itself.
    fn collect_alloc(&mut self, id: AllocId) {
        let Some(alloc) = self.state.alloc(id).cloned() else { return };
        let orphan = alloc.desired.is_terminal() && self.state.node(alloc.node).is_none();
        if !alloc.client_terminal() && !orphan {
            return;
        }
        let key = self.state.key_of(&alloc.job);
        self.count_alloc(&key, Some(&alloc), None);
        self.set_services(&alloc, &[]);
        self.state.remove_alloc(id);
        self.changes.push(Change::AllocRemoved { id, node: alloc.node });
        self.touched.insert(key, true);
    }

    /// An evaluation goes once it is over and no allocation refers to it.
    fn collect_eval(&mut self, id: EvalId) {
        let Some(eval) = self.state.eval(id).cloned() else { return };
        if !eval.status.is_terminal() || self.state.allocs_of_eval(id).next().is_some() {
            return;
        }
        self.state.remove_eval(id);
        self.changes.push(Change::EvalRemoved(id));
        self.touched.insert(eval.job.clone(), true);
    }

    /// A deployment goes once it is over and no allocation that is left belongs to it.
    fn collect_deployment(&mut self, id: DeploymentId) {
        let Some(deployment) = self.state.deployment(id) else { return };
        if deployment.status.is_active()
            || self.state.allocs_of_deployment(id).any(|alloc| !alloc.is_terminal())
        {
            return;
        }
        self.state.remove_deployment(id);
        self.changes.push(Change::DeploymentRemoved(id));
    }

    /// A job goes once it is dead and nothing of it is open. Nothing else of it stays behind.
    fn collect_job(&mut self, key: &JobKey) {
        let Some(job) = self.state.job(key) else { return };
        let open = self
            .state
            .job_links
            .get(key)
            .is_some_and(|links| links.open_evals > 0 || !links.allocs.is_empty());
        let children = self.state.job_children(key).next().is_some();
        if job.status != JobStatus::Dead.as_str() || open || children {
            return;
        }
        let deployments: Vec<DeploymentId> =
            self.state.deployments_of_job(key).map(|deployment| deployment.id).collect();
        let evals: Vec<EvalId> = self.state.evals_of_job(key).map(|eval| eval.id).collect();
        self.forget_job(key);
        for id in deployments {
            self.deployments.remove(&id);
            self.state.remove_deployment(id);
            self.changes.push(Change::DeploymentRemoved(id));
        }
        for id in evals {
            self.state.remove_eval(id);
            self.changes.push(Change::EvalRemoved(id));
        }
    }

    /// A node goes once it is down and holds nothing.
    fn collect_node(&mut self, id: NodeId) {
        let down = self.state.node(id).is_some_and(|node| node.status == NodeStatus::Down);
        if down && self.state.allocs_on_node(id).all(|alloc| alloc.is_terminal()) {
            self.forget_node(id);
        }
    }
}
