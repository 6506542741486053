//! Defaults of a job.
//!
//! Limits: see the parent module.

use super::fill::{fill, fill_text};
use crate::{JobDraft, MultiregionDraft};

impl JobDraft {
    /// Fills in every default that the HTTP API's `Canonicalize` fills in.
    pub fn canonicalise(&mut self) {
        let id = self.id.clone().unwrap_or_default();
        fill_text(&mut self.id, "");
        fill_text(&mut self.name, &id);
        fill_text(&mut self.parent_id, "");
        fill_text(&mut self.namespace, "default");
        fill_text(&mut self.region, "global");
        fill_text(&mut self.node_pool, "");
        fill_text(&mut self.job_type, "service");
        fill(&mut self.priority, 50);
        fill(&mut self.all_at_once, false);
        self.fill_bookkeeping();
        let job_type = self.job_type.clone().unwrap_or_default();
        if matches!(job_type.as_str(), "service" | "system") {
            self.update.get_or_insert_default();
        }
        self.update.iter_mut().for_each(crate::UpdateDraft::canonicalise);
        self.periodic.iter_mut().for_each(crate::PeriodicDraft::canonicalise);
        self.multiregion.iter_mut().for_each(MultiregionDraft::canonicalise);
        for affinity in self.affinities.iter_mut().flatten() {
            fill(&mut affinity.weight, 50);
        }
        for spread in self.spreads.iter_mut().flatten() {
            fill(&mut spread.weight, 50);
        }
        let mut groups = self.task_groups.take();
        for group in groups.iter_mut().flatten() {
            group.canonicalise(self, &job_type);
        }
        self.task_groups = groups;
    }

    /// Fills the fields that the server keeps.
    fn fill_bookkeeping(&mut self) {
        fill(&mut self.stop, false);
        fill(&mut self.stable, false);
        fill(&mut self.version, 0);
        fill(&mut self.create_index, 0);
        fill(&mut self.modify_index, 0);
        fill(&mut self.job_modify_index, 0);
        for text in [
            &mut self.consul_namespace,
            &mut self.vault_namespace,
            &mut self.nomad_token_id,
            &mut self.status,
            &mut self.status_description,
        ] {
            fill_text(text, "");
        }
    }
}

impl MultiregionDraft {
    fn canonicalise(&mut self) {
        let strategy = self.strategy.get_or_insert_default();
        fill(&mut strategy.max_parallel, 0);
        fill_text(&mut strategy.on_failure, "");
        for region in self.regions.get_or_insert_default() {
            fill(&mut region.count, 1);
            fill(&mut region.datacenters, Vec::new());
            fill(&mut region.meta, crate::document::GoMap::new());
        }
    }
}
