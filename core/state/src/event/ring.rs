//! The last events, for subscribers that come late or fall behind.
//!
//! Bound: at most as many events as [`EventRing::new`] says, except that the newest entry is always whole.

use std::collections::VecDeque;
use std::sync::Arc;

use super::Event;

/// The events of one entry, never empty.
#[derive(Debug)]
pub struct EventBatch {
    /// Index of the entry.
    pub index: u64,
    /// Its events.
    pub events: Vec<Event>,
}

/// What a subscriber asks for is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("events before index {oldest} are no longer kept")]
pub struct Lagged {
    /// Oldest index whose events are kept.
    pub oldest: u64,
}

/// The last events of a server.
#[derive(Debug, Clone)]
pub struct EventRing {
    limit: usize,
    events: usize,
    batches: VecDeque<Arc<EventBatch>>,
    /// Newest index whose events are gone.
    forgotten: u64,
}

impl EventRing {
    /// Keeps at most `limit` events of entries after `index`.
    #[must_use]
    pub const fn new(limit: usize, index: u64) -> Self {
        Self { limit, events: 0, batches: VecDeque::new(), forgotten: index }
    }

    /// How many events are kept.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.events
    }

    /// Whether no event is kept.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.events == 0
    }

    /// Adds the events of an entry, which must be newer than all before; the oldest go.
    pub fn push(&mut self, index: u64, events: Vec<Event>) {
        if events.is_empty() {
            return;
        }
        self.events += events.len();
        self.batches.push_back(Arc::new(EventBatch { index, events }));
        while self.events > self.limit && self.batches.len() > 1 {
            let Some(oldest) = self.batches.pop_front() else { break };
            self.events -= oldest.events.len();
            self.forgotten = oldest.index;
        }
    }

    /// The batches of entries from `index` on, oldest first. Index 0 asks for whatever is kept.
    ///
    /// # Errors
    /// [`Lagged`] if events from that index on were forgotten.
    pub fn since(&self, index: u64) -> Result<impl Iterator<Item = &Arc<EventBatch>>, Lagged> {
        if index != 0 && index <= self.forgotten {
            return Err(Lagged { oldest: self.forgotten + 1 });
        }
        let first = self.batches.partition_point(|batch| batch.index < index);
        Ok(self.batches.range(first..))
    }
}
