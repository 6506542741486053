//! Committing a verified plan: stops, evictions, updates and deployments. Placements are beside this file.

use std::sync::Arc;

use model::{
    Alloc, AllocId, AllocState, AllocStop, ClientStatus, Deployment, DeploymentStatus, DesiredStatus, EvalId,
    InPlaceUpdate, Name, Plan, Preemption, StopReason,
};

use super::PlanCommit;
use crate::txn::Txn;

/// Recorded changes of client status kept per allocation.
const KEPT_STATES: usize = 10;

impl Txn<'_> {
    /// Commits what is left of a plan, then stores its evaluations.
    ///
    /// A leader that lost the lead for a moment may propose a plan, forget it, and have the evaluation worked on again
    /// before that plan is committed. Of two such plans the second changes nothing: its evaluation is over.
    pub(super) fn commit_plan(&mut self, commit: &PlanCommit) {
        let plan = &commit.plan;
        if self.state.eval(plan.eval).is_some_and(|eval| eval.status.is_terminal()) {
            return;
        }
        for stop in &plan.stops {
            self.stop_alloc(plan.eval, stop);
        }
        for preemption in &plan.preemptions {
            self.evict_alloc(plan.eval, *preemption);
        }
        for update in &plan.updates {
            self.update_in_place(plan, update);
        }
        if let Some(deployment) = &plan.deployment {
            self.open_deployment(plan, deployment);
        }
        for update in &plan.deployment_updates {
            self.change_deployment(update);
        }
        self.place(plan);
        self.store_evals(&commit.evals);
    }

    /// A copy of an allocation, to be changed for an evaluation.
    fn changed(&self, id: AllocId, eval: EvalId) -> Option<Alloc> {
        let mut alloc = Alloc::clone(self.state.alloc(id)?);
        alloc.eval = eval;
        Some(alloc)
    }

    fn stop_alloc(&mut self, eval: EvalId, stop: &AllocStop) {
        let Some(mut alloc) = self.changed(stop.id, eval) else { return };
        alloc.desired = stop.desired;
        if stop.reason != StopReason::None {
            alloc.reason = stop.reason;
        }
        if !stop.followup.is_none() {
            alloc.followup_eval = stop.followup;
        }
        if stop.reschedule_failed {
            alloc.rare_mut().reschedule.get_or_insert_default().last_failed = true;
        }
        record_client(&mut alloc, stop.client, stop.state);
        let key = self.state.key_of(&alloc.job);
        self.store_alloc(&key, alloc, false);
    }

    fn evict_alloc(&mut self, eval: EvalId, preemption: Preemption) {
        let Some(mut alloc) = self.changed(preemption.id, eval) else { return };
        alloc.desired = DesiredStatus::Evict;
        alloc.reason = StopReason::Preempted { by: preemption.by };
        alloc.rare_mut().preempted_by = preemption.by;
        let key = self.state.key_of(&alloc.job);
        self.store_alloc(&key, alloc, false);
    }

    /// Changes an allocation that goes on running. One that takes a new job version moves to the deployment of
    /// the update, where its health is open again.
    fn update_in_place(&mut self, plan: &Plan, update: &InPlaceUpdate) {
        let Some(mut alloc) = self.changed(update.id, plan.eval) else { return };
        let version = update.job_version.map(|version| self.state.job_version(&plan.job, version));
        match version {
            Some(Some(job)) => alloc.job = Arc::clone(job),
            Some(None) => return,
            None => {}
        }
        let moves = update.job_version.is_some() || !update.deployment.is_none();
        if moves && alloc.deployment != update.deployment {
            alloc.deployment = update.deployment;
            alloc.health = None;
        }
        if update.reason != StopReason::None {
            alloc.reason = update.reason;
        }
        if !update.followup.is_none() {
            alloc.followup_eval = update.followup;
        }
        record_client(&mut alloc, update.client, update.state);
        let moved = self.state.alloc(update.id).is_some_and(|old| old.deployment != alloc.deployment);
        let (deployment, group) = (alloc.deployment, Name::clone(&alloc.group));
        self.store_alloc(&plan.job, alloc, false);
        if moved {
            // The deployment of the plan may not be stored yet: it is counted with the placements.
            self.joined.push((deployment, group));
        }
    }

    /// Stores the deployment that a plan begins; earlier ones of the job are over.
    fn open_deployment(&mut self, plan: &Plan, deployment: &Deployment) {
        let (index, now) = (self.index(), self.now());
        let earlier: Vec<_> = self
            .state
            .deployments_of_job(&plan.job)
            .filter(|other| other.status.is_active() && other.id != deployment.id)
            .map(|other| other.id)
            .collect();
        for id in earlier {
            if let Some(other) = self.deployment_mut(id) {
                other.status = DeploymentStatus::Cancelled;
                other.description = Name::from("Cancelled due to newer version of job");
            }
        }
        let known = self.state.deployment(deployment.id);
        let mut deployment = Deployment::clone(known.map_or(deployment, |known| known));
        if known.is_none() {
            deployment.create_index = index;
            deployment.create_time = now;
            deployment.eval = plan.eval;
            if let Some(job) = self.state.job(&plan.job) {
                deployment.job_create_index = job.create_index;
                deployment.job_spec_modify_index = job.job_modify_index;
                deployment.job_modify_index = job.modify_index;
            }
        }
        self.deployments.insert(deployment.id, deployment);
    }
}

/// Records a client status that the server decided. What a client ended stays ended.
fn record_client(alloc: &mut Alloc, status: Option<ClientStatus>, state: Option<AllocState>) {
    if let Some(status) = status
        && (!alloc.client.is_terminal() || status.is_terminal())
    {
        alloc.client = status;
    }
    if let Some(state) = state {
        let states = &mut alloc.rare_mut().states;
        if states.len() >= KEPT_STATES {
            states.remove(0);
        }
        states.push(state);
    }
}
