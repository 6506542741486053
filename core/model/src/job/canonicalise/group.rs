//! Defaults of a task group, and what it inherits from its job.
//!
//! Limits: see the parent module.

use super::fill::{fill, fill_empty};
use crate::{EphemeralDiskDraft, JobDraft, RescheduleDraft, RestartDraft, TaskGroupDraft};

impl TaskGroupDraft {
    /// Fills the group; `job` was filled before.
    pub(super) fn canonicalise(&mut self, job: &JobDraft, job_type: &str) {
        let scaled = self.scaling.as_ref().and_then(|scaling| scaling.min);
        let count = *self.count.get_or_insert(scaled.unwrap_or(1));
        self.scaling.iter_mut().for_each(|scaling| scaling.canonicalise(count));
        for affinity in self.affinities.iter_mut().flatten() {
            fill(&mut affinity.weight, 50);
        }
        for spread in self.spreads.iter_mut().flatten() {
            fill(&mut spread.weight, 50);
        }
        self.ephemeral_disk.get_or_insert_default().canonicalise();
        self.fill_policies(job, job_type);
        if let Some(consul) = &mut self.consul {
            fill_empty(&mut consul.cluster, "default");
        }
        let job_name = job.name.clone().unwrap_or_default();
        let group_name = self.name.clone().unwrap_or_default();
        let base = format!("{job_name}-{group_name}");
        let restart = self.restart.clone().unwrap_or_default();
        for task in self.tasks.iter_mut().flatten() {
            task.canonicalise(&base, &restart);
        }
        for service in self.services.iter_mut().flatten() {
            service.canonicalise(&base);
        }
    }

    fn fill_policies(&mut self, job: &JobDraft, job_type: &str) {
        if let Some(update) = &job.update {
            self.update.get_or_insert_default().inherit(update);
        }
        self.update.iter_mut().for_each(crate::UpdateDraft::canonicalise);
        self.restart.get_or_insert_default().inherit(&RestartDraft::of_type(job_type));
        if let Some(default) = RescheduleDraft::of_type(job_type) {
            let reschedule = self.reschedule.get_or_insert_default();
            job.reschedule.iter().for_each(|job| reschedule.inherit(job));
            reschedule.inherit(&default);
        }
        if let Some(migrate) = &job.migrate {
            self.migrate.get_or_insert_default().inherit(migrate);
        }
        if job_type == "service" {
            self.migrate.get_or_insert_default();
        }
        self.migrate.iter_mut().for_each(crate::MigrateDraft::canonicalise);
        self.disconnect.iter_mut().for_each(crate::DisconnectDraft::canonicalise);
    }
}

impl EphemeralDiskDraft {
    fn canonicalise(&mut self) {
        fill(&mut self.sticky, false);
        fill(&mut self.migrate, false);
        fill(&mut self.size_mb, 300);
    }
}
