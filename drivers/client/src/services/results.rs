//! What the checks of this node have found last.
//!
//! Bounded by the checks that run.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use model::{AllocId, Name, Timestamp};

use super::CheckSpec;
use super::check::Outcome;

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckStatus {
    /// It has not been made yet.
    Pending,
    /// It passed.
    Success,
    /// It failed.
    Failure,
}

impl CheckStatus {
    /// Returns the word of the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Success => "success",
            Self::Failure => "failure",
        }
    }
}

/// The last result of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckResult {
    /// Id of the check.
    pub id: Name,
    /// Its name.
    pub check: Name,
    /// Its service.
    pub service: Name,
    /// The task of the service; empty for one of the group.
    pub task: Name,
    /// Name of the allocation, which begins with job and group.
    pub group: Name,
    /// Whether the health of the allocation depends on it.
    pub counts: bool,
    /// How it went.
    pub status: CheckStatus,
    /// Status code of an HTTP answer; 0 without one.
    pub status_code: u16,
    /// What was answered, or why nothing was.
    pub output: String,
    /// When it was made.
    pub at: Timestamp,
}

/// The last results of all checks.
#[derive(Debug, Default)]
pub(crate) struct Results(Mutex<BTreeMap<AllocId, BTreeMap<Name, CheckResult>>>);

impl Results {
    /// Forgets the results of an allocation but for these checks.
    pub(crate) fn keep(&self, alloc: AllocId, checks: &[Name]) {
        let mut all = self.lock();
        let Some(results) = all.get_mut(&alloc) else { return };
        results.retain(|id, _| checks.contains(id));
        if results.is_empty() {
            all.remove(&alloc);
        }
    }

    /// Notes what a check found; none as long as it has not been made.
    pub(super) fn note(&self, alloc: AllocId, spec: &CheckSpec, outcome: Option<Outcome>, at: Timestamp) {
        let status = match &outcome {
            None => CheckStatus::Pending,
            Some(outcome) if outcome.passing => CheckStatus::Success,
            Some(_) => CheckStatus::Failure,
        };
        let (status_code, output) =
            outcome.map_or((0, String::new()), |outcome| (outcome.status_code, outcome.output));
        let result = CheckResult {
            id: Name::clone(&spec.id),
            check: Name::clone(&spec.name),
            service: Name::clone(&spec.service),
            task: Name::clone(&spec.task),
            group: Name::clone(&spec.group),
            counts: spec.counts,
            status,
            status_code,
            output,
            at,
        };
        self.lock().entry(alloc).or_default().insert(Name::clone(&spec.id), result);
    }

    /// Returns the results of an allocation, by id of the check.
    pub(crate) fn of(&self, alloc: AllocId) -> Vec<CheckResult> {
        self.lock().get(&alloc).map(|results| results.values().cloned().collect()).unwrap_or_default()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<AllocId, BTreeMap<Name, CheckResult>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
