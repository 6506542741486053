//! What the servers have not been told yet: the last report of each allocation, sent in batches.
//!
//! A batch leaves once nothing was added for [`QUIET`], and while there is always more every [`TICK`]. Bounded by the
//! number of allocations, for each of which only the last report counts, and by one batch in [`LEAST`].

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use model::link::MAX_UPDATES;
use model::{AllocId, AllocUpdate};
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::{LinkError, ServerLink};

/// How long a report waits for others.
const QUIET: Duration = Duration::from_millis(10);
/// How long after a batch the next one leaves when there is always more to add.
const TICK: Duration = Duration::from_millis(100);
/// The shortest time between two batches.
const LEAST: Duration = Duration::from_millis(25);
/// How long after a failure the next try is made.
const RETRY: Duration = Duration::from_millis(250);

/// The reports that wait.
#[derive(Debug, Default)]
pub(crate) struct Reports {
    waiting: Mutex<BTreeMap<AllocId, AllocUpdate>>,
    added: Notify,
}

impl Reports {
    /// Adds a report; it replaces the last one of its allocation.
    pub(crate) fn add(&self, update: AllocUpdate) {
        self.lock().insert(update.id, update);
        self.added.notify_one();
    }

    /// Forgets what waits of an allocation that the servers have forgotten.
    pub(crate) fn forget(&self, alloc: AllocId) {
        self.lock().remove(&alloc);
    }

    /// Sends one batch, if there is any.
    pub(crate) async fn flush(&self, link: &dyn ServerLink) -> Result<(), LinkError> {
        let batch = self.take();
        if batch.is_empty() {
            return Ok(());
        }
        match link.update(batch.clone()).await {
            Ok(()) => Ok(()),
            Err(error) => {
                self.put_back(batch);
                Err(error)
            }
        }
    }

    /// Sends reports for as long as the client is registered; to be dropped when it is not.
    pub(crate) async fn send(&self, link: &dyn ServerLink) {
        let mut not_before = Instant::now();
        loop {
            if self.lock().is_empty() {
                self.added.notified().await;
            }
            tokio::time::sleep_until(not_before).await;
            self.settle(not_before + TICK).await;
            not_before = match self.flush(link).await {
                Ok(()) => Instant::now() + LEAST,
                Err(error) => {
                    tracing::debug!(%error, "reports were not taken");
                    Instant::now() + RETRY
                }
            };
        }
    }

    /// Waits until nothing is added any more, but not beyond `latest` if that is still to come.
    async fn settle(&self, latest: Instant) {
        let latest = latest.max(Instant::now() + QUIET);
        loop {
            let until = latest.min(Instant::now() + QUIET);
            let more = tokio::time::timeout_at(until, self.added.notified()).await.is_ok();
            if !more || Instant::now() >= latest {
                return;
            }
        }
    }

    fn take(&self) -> Vec<AllocUpdate> {
        let mut waiting = self.lock();
        let mut batch = Vec::with_capacity(waiting.len().min(MAX_UPDATES));
        while batch.len() < MAX_UPDATES
            && let Some((_, update)) = waiting.pop_first()
        {
            batch.push(update);
        }
        batch
    }

    /// Keeps what could not be sent, unless there is something newer.
    fn put_back(&self, batch: Vec<AllocUpdate>) {
        let mut waiting = self.lock();
        for update in batch {
            waiting.entry(update.id).or_insert(update);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<AllocId, AllocUpdate>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
