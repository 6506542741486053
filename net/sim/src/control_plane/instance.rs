//! An instance of a job on a simulated node: how long it runs and how it ends.
//!
//! ```text
//!  running ── after a while ──▶ healthy ── told to stop, or a batch job is done ──▶ complete
//!     └────── by chance ────────────────────────────────────────────────────────▶ failed
//! ```

use std::time::Duration;

use model::{ClientStatus, JobKind};

use super::job;
use crate::Random;

/// Time after which an instance counts as healthy.
const HEALTHY_AFTER: Duration = Duration::from_millis(1_500);
/// How long an instance runs that does not run on, in microseconds.
const RUNS_FOR: std::ops::Range<u64> = 100_000..6_000_000;
/// One of so many instances fails.
const FAILS: u64 = 8;

/// One instance.
#[derive(Clone, Copy, Debug)]
pub(super) struct Instance {
    since: Duration,
    /// When it ends by itself, and how.
    end: Option<(Duration, ClientStatus)>,
    ended: Option<ClientStatus>,
}

impl Instance {
    /// Starts an instance of a job at the time `now`; only `fallible` ones may fail.
    pub(super) fn start(kind: JobKind, now: Duration, fallible: bool, random: &mut Random) -> Self {
        // Nobody places a failed instance of a system job anew before its node or job changes.
        let fails = fallible && !kind.is_system() && random.chance(1, FAILS);
        let how = if fails { ClientStatus::Failed } else { ClientStatus::Complete };
        let end = (fails || !job::runs_on(kind)).then(|| (now + random.micros(RUNS_FOR), how));
        Self { since: now, end, ended: None }
    }

    /// One that was to be stopped before it was seen here.
    pub(super) const fn never_ran(now: Duration) -> Self {
        Self { since: now, end: None, ended: Some(ClientStatus::Complete) }
    }

    /// Lets time pass; returns what it is now.
    pub(super) fn status(&mut self, now: Duration, wanted: bool) -> ClientStatus {
        if self.ended.is_none() {
            self.ended = match self.end {
                Some((at, how)) if at <= now => Some(how),
                Some(_) | None => (!wanted).then_some(ClientStatus::Complete),
            };
        }
        self.ended.unwrap_or(ClientStatus::Running)
    }

    /// Whether it is healthy; none while that is not known.
    pub(super) fn healthy(&self, now: Duration) -> Option<bool> {
        match self.ended {
            Some(ClientStatus::Failed) => Some(false),
            Some(_) => None,
            None => (now >= self.since + HEALTHY_AFTER).then_some(true),
        }
    }
}
