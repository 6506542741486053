//! Deployments: their status, promotion, and the health of their allocations.

use std::fmt::Write as _;
use std::sync::Arc;

use model::{
    Alloc, AllocId, Deployment, DeploymentHealth, DeploymentId, DeploymentStatus, DeploymentUpdate, Eval,
    Job, Name, Timestamp,
};

use super::ApplyError;
use crate::txn::Txn;

impl Txn<'_> {
    /// The deployment, if anything still happens to it.
    fn active_deployment(&self, id: DeploymentId) -> Result<&Arc<Deployment>, ApplyError> {
        let deployment = self.state.deployment(id).ok_or(ApplyError::DeploymentNotFound(id))?;
        if deployment.status.is_active() { Ok(deployment) } else { Err(ApplyError::DeploymentTerminal(id)) }
    }

    pub(super) fn set_deployment_status(
        &mut self,
        update: &DeploymentUpdate,
        job: Option<&Job>,
        eval: Option<&Eval>,
    ) -> Result<(), ApplyError> {
        self.active_deployment(update.id)?;
        self.change_deployment(update);
        self.follow(job, eval);
        Ok(())
    }

    /// Registers the job and stores the evaluation that follow from a change of a deployment.
    fn follow(&mut self, job: Option<&Job>, eval: Option<&Eval>) {
        if let Some(job) = job {
            let key = self.state.key_of(job);
            if self.state.job(&key).is_some() {
                self.store_version(&key, job.clone());
            }
        }
        if let Some(eval) = eval {
            self.store_eval(eval.clone());
        }
    }

    /// Changes the status of a deployment that is not over. A successful one makes its job version stable; one
    /// that goes on after a pause has its whole time to make progress again.
    pub(super) fn change_deployment(&mut self, update: &DeploymentUpdate) {
        let now = self.now();
        let Some(deployment) = self.deployment_mut(update.id) else { return };
        if !deployment.status.is_active() {
            return;
        }
        let resumes =
            deployment.status == DeploymentStatus::Paused && update.status == DeploymentStatus::Running;
        deployment.status = update.status;
        deployment.description = Name::clone(&update.description);
        if resumes {
            for group in deployment.groups.values_mut().filter(|group| group.placed > 0) {
                restart_clock(group, now);
            }
        }
        if update.status == DeploymentStatus::Successful {
            let (key, version) = (deployment.job.clone(), deployment.job_version);
            // A version that is no longer kept has nothing to be marked.
            let _forgotten = self.set_job_stability(&key, version, true);
        }
    }

    /// Promotes the canaries of some groups, or of all: none unless enough of them are healthy.
    pub(super) fn promote_deployment(
        &mut self,
        id: DeploymentId,
        groups: Option<&[Name]>,
        eval: Option<&Eval>,
    ) -> Result<(), ApplyError> {
        let deployment = Arc::clone(self.active_deployment(id)?);
        let chosen = |group: &Name| groups.is_none_or(|groups| groups.contains(group));
        self.require_healthy_canaries(&deployment, chosen)?;
        let now = self.now();
        let mut canaries = Vec::new();
        if let Some(copy) = self.deployment_mut(id) {
            for (name, group) in &mut copy.groups {
                if chosen(name) && group.desired_canaries > 0 && !group.promoted {
                    group.promoted = true;
                    restart_clock(group, now);
                    canaries.extend(group.placed_canaries.iter().copied());
                }
            }
            if !copy.requires_promotion() {
                copy.description = Name::from("Deployment is running");
            }
        }
        for canary in canaries {
            self.end_canary(canary);
        }
        self.follow(None, eval);
        Ok(())
    }

    fn require_healthy_canaries(
        &self,
        deployment: &Deployment,
        chosen: impl Fn(&Name) -> bool,
    ) -> Result<(), ApplyError> {
        let mut problems = Vec::new();
        for (name, group) in &deployment.groups {
            if !chosen(name) || group.promoted || group.desired_canaries == 0 {
                continue;
            }
            let canaries = group.placed_canaries.iter().filter_map(|id| self.state.alloc(*id));
            let healthy = canaries.filter(|alloc| is_healthy(alloc) && !alloc.is_terminal()).count();
            if healthy < group.desired_canaries as usize {
                problems.push(format!(
                    "Task group {name:?} has {healthy}/{} healthy allocations",
                    group.desired_canaries
                ));
            }
        }
        match problems.len() {
            0 => Ok(()),
            count => {
                let noun = if count == 1 { "error" } else { "errors" };
                let mut text = format!("{count} {noun} occurred:\n");
                for problem in problems {
                    let _ = writeln!(text, "\t* {problem}");
                }
                Err(ApplyError::CanariesUnhealthy(text + "\n"))
            }
        }
    }

    fn end_canary(&mut self, id: AllocId) {
        let Some(alloc) = self.state.alloc(id) else { return };
        let mut alloc = Alloc::clone(alloc);
        if let Some(health) = &mut alloc.health {
            health.canary = false;
        }
        let key = self.state.key_of(&alloc.job);
        self.store_alloc(&key, alloc, false);
    }

    /// Records decisions about health; all of them or none.
    pub(super) fn set_alloc_health(
        &mut self,
        deployment: DeploymentId,
        healthy: &[AllocId],
        unhealthy: &[AllocId],
    ) -> Result<(), ApplyError> {
        self.active_deployment(deployment)?;
        let theirs =
            |id: &&AllocId| self.state.alloc(**id).is_none_or(|alloc| alloc.deployment != deployment);
        if let Some(foreign) = healthy.iter().chain(unhealthy).find(theirs) {
            return Err(ApplyError::AllocNotFound(*foreign));
        }
        let now = self.now();
        let healthy = healthy.iter().map(|id| (*id, true));
        for (id, healthy) in healthy.chain(unhealthy.iter().map(|id| (*id, false))) {
            let Some(alloc) = self.state.alloc(id) else { continue };
            let mut alloc = Alloc::clone(alloc);
            self.decide_health(&mut alloc, healthy, now);
            let key = self.state.key_of(&alloc.job);
            self.store_alloc(&key, alloc, false);
        }
        Ok(())
    }

    /// What follows from decisions about health, in the same entry.
    pub(super) fn follow_health(
        &mut self,
        update: Option<&DeploymentUpdate>,
        job: Option<&Job>,
        eval: Option<&Eval>,
    ) {
        if let Some(update) = update {
            self.change_deployment(update);
        }
        self.follow(job, eval);
    }

    /// Sets the health of an allocation and counts it in its deployment; healthy ones are progress.
    pub(super) fn decide_health(&mut self, alloc: &mut Alloc, healthy: bool, time: Timestamp) {
        let known = alloc.health.unwrap_or_default();
        if known.healthy == Some(healthy) {
            return;
        }
        alloc.health = Some(DeploymentHealth {
            healthy: Some(healthy),
            time,
            canary: known.canary,
            modify_index: self.index(),
        });
        if alloc.deployment.is_none() {
            return;
        }
        let now = self.now();
        let Some(deployment) = self.deployment_mut(alloc.deployment) else { return };
        let Some(group) = deployment.groups.get_mut(&alloc.group) else { return };
        match known.healthy {
            Some(true) => group.healthy = group.healthy.saturating_sub(1),
            Some(false) => group.unhealthy = group.unhealthy.saturating_sub(1),
            None => {}
        }
        if healthy {
            group.healthy += 1;
            restart_clock(group, now);
        } else {
            group.unhealthy += 1;
        }
    }
}

fn is_healthy(alloc: &Alloc) -> bool {
    alloc.health.is_some_and(|health| health.healthy == Some(true))
}

/// Gives a group its whole time to make progress again.
fn restart_clock(group: &mut model::DeploymentGroup, now: Timestamp) {
    if group.progress_deadline.0 > 0 {
        group.require_progress_by = now + group.progress_deadline;
    }
}
