//! What people were promised about their jobs.
//!
//! Limits: each job has one owner with one request under way. A request whose outcome is unknown may have been carried
//! out or not; a later one that was acknowledged settles it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use model::JobKey;

/// What a job may be: its owner's last acknowledged wish, and those after it whose outcome is unknown.
#[derive(Clone, Debug, Default)]
pub(crate) struct Promise {
    /// Nothing before the first acknowledgement: the job may also not be there.
    pub(crate) acknowledged: Option<Wish>,
    pub(crate) open: Vec<Wish>,
}

/// What an owner wants of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wish {
    /// The number of the owner's request that registered it.
    pub(crate) number: u64,
    /// Whether it should be stopped.
    pub(crate) stopped: bool,
}

/// What all people were promised.
#[derive(Debug, Default)]
pub struct Ledger {
    jobs: Mutex<BTreeMap<JobKey, Promise>>,
}

impl Ledger {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<JobKey, Promise>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request is sent: from now on it may be carried out.
    pub(crate) fn sent(&self, job: &JobKey, wish: Wish) {
        self.lock().entry(job.clone()).or_default().open.push(wish);
    }

    /// A request was acknowledged.
    pub(crate) fn acknowledge(&self, job: &JobKey, wish: Wish) {
        self.lock().insert(job.clone(), Promise { acknowledged: Some(wish), open: Vec::new() });
    }

    /// A request was surely not carried out.
    pub(crate) fn refused(&self, job: &JobKey, wish: Wish) {
        if let Some(promise) = self.lock().get_mut(job) {
            promise.open.retain(|open| *open != wish);
        }
    }

    /// Returns every job that was sent, with what it may be.
    pub(crate) fn promises(&self) -> BTreeMap<JobKey, Promise> {
        self.lock().clone()
    }

    /// Returns how many jobs were acknowledged.
    pub(crate) fn acknowledged(&self) -> u64 {
        self.lock().values().filter(|promise| promise.acknowledged.is_some()).count() as u64
    }
}
