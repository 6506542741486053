//! Making one check again and again, for as long as its machine wants it.

use std::sync::Arc;

use lifecycle::alloc::Event;
use model::{AllocId, Name};

use super::CheckSpec;
use super::check::{Outcome, make};
use crate::clock;
use crate::shared::Shared;

/// A check that is made again and again.
pub(crate) struct Watch {
    shared: Arc<Shared>,
    alloc: AllocId,
    spec: CheckSpec,
}

impl Watch {
    /// A check of an allocation that has not been made yet.
    pub(crate) fn new(shared: Arc<Shared>, alloc: AllocId, spec: CheckSpec) -> Self {
        shared.checks.note(alloc, &spec, None, clock::now());
        Self { shared, alloc, spec }
    }

    /// Makes the check, and returns what its machine is to know.
    pub(crate) async fn make(&self) -> Event {
        let simulated = self.shared.is_simulated();
        let outcome = if simulated { Outcome::simulated() } else { make(&self.spec).await };
        let passing = outcome.passing;
        self.shared.checks.note(self.alloc, &self.spec, Some(outcome), clock::now());
        Event::Checked { check: Name::clone(&self.spec.id), passing }
    }

    /// Waits until it is time for the next one.
    pub(crate) async fn rest(&self) {
        tokio::time::sleep(self.spec.interval).await;
    }
}
