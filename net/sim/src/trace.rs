//! The hash of everything that happened, in order: two runs with the same seed must have the same.
//!
//! Limits: no wall-clock time, no address and no unordered collection may get in; only virtual time and content.

use std::time::Duration;

use crate::random::{digest, mix};

/// Sums up events.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    hash: u64,
    events: u64,
}

impl Trace {
    /// Adds an event: when it was, what it was and what it was about.
    pub(crate) fn add(&mut self, at: Duration, what: &str, about: &[u64]) {
        self.events += 1;
        self.hash = digest(self.hash ^ at.as_nanos() as u64, what.as_bytes());
        for number in about {
            self.hash = mix(self.hash.rotate_left(17) ^ number);
        }
    }

    pub(crate) fn hash(&self) -> u64 {
        self.hash
    }

    pub(crate) fn events(&self) -> u64 {
        self.events
    }
}
