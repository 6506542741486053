//! Wishes about allocations that wait for the next evaluation of their job.

use model::{Alloc, AllocId, AllocTransition};

use super::ApplyError;
use crate::txn::Txn;

impl Txn<'_> {
    /// Records wishes; all of them or, if an allocation does not exist, none.
    pub(super) fn set_transitions(
        &mut self,
        transitions: &[(AllocId, AllocTransition)],
    ) -> Result<(), ApplyError> {
        if let Some((missing, _)) = transitions.iter().find(|(id, _)| self.state.alloc(*id).is_none()) {
            return Err(ApplyError::AllocNotFound(*missing));
        }
        for (id, wish) in transitions {
            self.wish(*id, wish);
        }
        Ok(())
    }

    /// Adds a wish to those that an allocation has.
    pub(super) fn wish(&mut self, id: AllocId, wish: &AllocTransition) {
        let Some(alloc) = self.state.alloc(id) else { return };
        let mut alloc = Alloc::clone(alloc);
        let known = &mut alloc.rare_mut().transition;
        known.migrate = wish.migrate.or(known.migrate);
        known.reschedule = wish.reschedule.or(known.reschedule);
        known.force_reschedule = wish.force_reschedule.or(known.force_reschedule);
        known.no_shutdown_delay = wish.no_shutdown_delay.or(known.no_shutdown_delay);
        known.migrate_disable_placement = wish.migrate_disable_placement.or(known.migrate_disable_placement);
        let key = self.state.key_of(&alloc.job);
        self.store_alloc(&key, alloc, false);
    }
}
