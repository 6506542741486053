//! When to dial a peer again.
//!
//! Purpose: the arithmetic of waiting between failed dials, apart from the clock.
//! Limits: waits from 50 ms to 5 s, doubling.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(5);
/// Doublings after which the longest wait is reached.
const MAX_DOUBLINGS: u32 = 7;

/// Counts failures in a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// Records a failure and returns how long to wait before the next attempt.
    pub fn failed(&mut self) -> Duration {
        let wait = (FIRST * (1 << self.failures.min(MAX_DOUBLINGS))).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        wait
    }

    /// Records a success: the next failure starts at the shortest wait.
    pub fn succeeded(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_five_seconds_and_start_again_after_a_success() {
        let mut backoff = Backoff::default();
        let waits: Vec<u128> = (0..10).map(|_| backoff.failed().as_millis()).collect();
        assert_eq!(waits, [50, 100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000]);
        backoff.succeeded();
        assert_eq!(backoff.failed().as_millis(), 50);
    }
}
