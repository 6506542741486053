//! The last entries that were applied, for the event stream.
//!
//! Limits: [`KEPT`] entries; who is further behind is told so and begins with the oldest that is left.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use state::{Applied, Snapshot};
use tokio::sync::watch;

use crate::store::News;

/// Entries kept for readers that come later.
const KEPT: usize = 256;

/// One applied entry, with a state in which it is visible.
#[derive(Debug, Clone)]
pub struct LoggedEvent {
    /// What it changed.
    pub applied: Arc<Applied>,
    /// A state that has it.
    pub snapshot: Snapshot,
}

/// The last entries that were applied.
#[derive(Debug)]
pub struct EventLog {
    ring: Mutex<VecDeque<LoggedEvent>>,
    newest: watch::Sender<u64>,
}

impl Default for EventLog {
    fn default() -> Self {
        Self { ring: Mutex::default(), newest: watch::Sender::new(0) }
    }
}

impl EventLog {
    fn ring(&self) -> MutexGuard<'_, VecDeque<LoggedEvent>> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn record(&self, snapshot: &Snapshot, news: &News) {
        let mut ring = self.ring();
        if news.gap {
            ring.clear();
        }
        for applied in news.applied.iter().filter(|applied| !applied.changes.is_empty()) {
            if ring.len() >= KEPT {
                ring.pop_front();
            }
            ring.push_back(LoggedEvent { applied: Arc::clone(applied), snapshot: Arc::clone(snapshot) });
        }
        drop(ring);
        self.newest.send_replace(snapshot.index);
    }

    /// The entries after `index`, oldest first.
    #[must_use]
    pub fn after(&self, index: u64) -> Vec<LoggedEvent> {
        self.ring().iter().filter(|event| event.applied.index > index).cloned().collect()
    }

    /// Follows the index up to which entries are recorded.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.newest.subscribe()
    }
}
