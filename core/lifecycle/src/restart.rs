//! Decides whether a task that ended is started again on its node, and when.
//!
//! Restarts are counted in windows of `interval`, which begin with the first restart after the last window.
//! Beyond `attempts` the task fails, or waits for the next window (`mode = "delay"`).
//! Limits: a task is restarted at most `attempts` times in a window; a delay of up to a quarter is added, so
//! that tasks that failed together do not start together.

use model::{Name, Nanos, Restart, Timestamp, splitmix};

/// Why a task is to be started again, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It did what it should.
    Success,
    /// It did not.
    Failure,
    /// It could not be started, and trying again may help.
    StartFailed,
    /// It could not be started, and trying again is of no use.
    Unrecoverable,
}

/// What to do with a task that ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Start it again.
    Restart {
        /// After this long.
        delay: Nanos,
        /// Why, as the API words it.
        reason: Name,
    },
    /// It is done.
    Done,
    /// It failed for good.
    Fail {
        /// Why, as the API words it.
        reason: Name,
    },
}

/// Restarts that still count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RestartWindow {
    /// How many.
    pub count: i64,
    /// When the window began.
    pub since: Timestamp,
}

/// Counts the restarts of one task.
#[derive(Debug, Clone)]
pub struct RestartTracker {
    policy: Restart,
    /// Whether a success ends it: tasks of batch jobs, and those that only prepare or clean up.
    runs_to_end: bool,
    seed: u64,
    count: i64,
    window: Timestamp,
}

impl RestartTracker {
    /// A tracker that has seen nothing. The jitter follows from `seed`.
    #[must_use]
    pub const fn new(policy: Restart, runs_to_end: bool, seed: u64) -> Self {
        Self { policy, runs_to_end, seed, count: 0, window: Timestamp::NEVER }
    }

    /// The restarts that still count; none if there were none.
    #[must_use]
    pub fn window(&self) -> Option<RestartWindow> {
        (!self.window.is_never()).then_some(RestartWindow { count: self.count, since: self.window })
    }

    /// Goes on with what an earlier agent counted.
    pub const fn resume(&mut self, window: RestartWindow) {
        self.count = window.count;
        self.window = window.since;
    }

    /// Goes on with another policy.
    pub fn set_policy(&mut self, policy: Restart, runs_to_end: bool) {
        self.policy = policy;
        self.runs_to_end = runs_to_end;
    }

    /// Judges a task that ended now.
    pub fn judge(&mut self, now: Timestamp, ended: Ended) -> Verdict {
        match ended {
            Ended::Success if self.runs_to_end => return Verdict::Done,
            Ended::Unrecoverable => return Verdict::Fail { reason: Name::from("Error was unrecoverable") },
            Ended::Success | Ended::Failure | Ended::StartFailed => {}
        }
        if self.policy.attempts <= 0 && self.policy.mode != "delay" {
            let reason = Name::from("Policy allows no restarts");
            // A service that ends well without being restarted has not failed.
            return if ended == Ended::Success { Verdict::Done } else { Verdict::Fail { reason } };
        }
        if self.window.is_never() || now.since(self.window) > self.policy.interval {
            self.window = now;
            self.count = 0;
        }
        self.count += 1;
        if self.count <= self.policy.attempts {
            let delay = self.jitter(self.policy.delay);
            return Verdict::Restart { delay, reason: Name::from("Restart within policy") };
        }
        let reason = Name::from(format!(
            "Exceeded allowed attempts {} in interval {} and mode is \"{}\"",
            self.policy.attempts, self.policy.interval, self.policy.mode
        ));
        if self.policy.mode != "delay" {
            return Verdict::Fail { reason };
        }
        let rest = (self.window + self.policy.interval).since(now);
        Verdict::Restart { delay: self.jitter(rest.max(self.policy.delay)), reason }
    }

    fn jitter(&mut self, delay: Nanos) -> Nanos {
        self.seed = splitmix(self.seed);
        let quarter = delay.0.max(0).unsigned_abs() / 4;
        let addition = if quarter == 0 { 0 } else { self.seed % quarter };
        Nanos(delay.0.saturating_add(i64::try_from(addition).unwrap_or(0)))
    }
}
