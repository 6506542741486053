//! What clients report of allocations.

use std::sync::Arc;

use model::{Alloc, AllocUpdate};

use crate::txn::Txn;

impl Txn<'_> {
    /// Records reports; those of allocations that are forgotten are ignored.
    pub(super) fn update_allocs(&mut self, updates: &[AllocUpdate]) {
        for update in updates {
            self.update_alloc(update);
        }
    }

    /// Records one report. An allocation that ended, or was given up, never holds its room again: its tasks are
    /// recorded, a status that is not terminal is not.
    fn update_alloc(&mut self, update: &AllocUpdate) {
        let Some(known) = self.state.alloc(update.id) else { return };
        let mut alloc = Alloc::clone(known);
        if update.status.is_terminal() || !alloc.client.is_terminal() {
            alloc.client = update.status;
            alloc.client_description = Arc::clone(&update.description);
        }
        alloc.tasks = Arc::new(update.tasks.clone());
        if let Some(network) = &update.network
            && alloc.rare.as_ref().and_then(|rare| rare.network.as_ref()) != Some(network)
        {
            alloc.rare_mut().network = Some(network.clone());
        }
        if let Some((healthy, time)) = update.healthy {
            self.decide_health(&mut alloc, healthy, time);
        }
        self.state.texts.share_report(&mut alloc);
        self.set_services(&alloc, &update.services);
        let key = self.state.key_of(&alloc.job);
        self.store_alloc(&key, alloc, true);
    }
}
