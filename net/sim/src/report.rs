//! What a simulation found.

use std::fmt;
use std::time::Duration;

/// The outcome of one seed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The seed.
    pub seed: u64,
    /// How long the cluster was under fire, in virtual time.
    pub duration: Duration,
    /// The hash of everything that happened; the same for the same seed.
    pub trace: u64,
    /// How many events that hash sums up.
    pub events: u64,
    /// Writes that were acknowledged.
    pub acknowledged: u64,
    /// Writes whose outcome stayed unknown.
    pub unknown: u64,
    /// Reads behind a barrier that were checked.
    pub reads: u64,
    /// The last index that was applied.
    pub applied: u64,
    /// Requests between servers.
    pub requests: u64,
    /// Servers that lost power or were killed.
    pub crashes: u64,
    /// Terms that had a leader.
    pub elections: u64,
    /// Jobs whose registration was acknowledged.
    pub jobs: u64,
    /// Allocations that were placed.
    pub placements: u64,
    /// Partitions of the network.
    pub partitions: u64,
    /// Servers that lost their disk and came back as new ones.
    pub replaced: u64,
    /// Snapshots that a server began from.
    pub restores: u64,
    /// What went wrong; nothing should.
    pub violations: Vec<String>,
}

impl Report {
    /// Returns whether nothing went wrong.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.violations.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "seed {}: {} ({:?} simulated, trace {:016x} over {} events; {} writes acknowledged, {} unknown, {} reads, \
             {} entries applied, {} requests, {} elections, {} jobs acknowledged, {} placements, {} crashes, {} partitions, {} replaced, {} restores)",
            self.seed,
            if self.passed() { "passed" } else { "FAILED" },
            self.duration,
            self.trace,
            self.events,
            self.acknowledged,
            self.unknown,
            self.reads,
            self.applied,
            self.requests,
            self.elections,
            self.jobs,
            self.placements,
            self.crashes,
            self.partitions,
            self.replaced,
            self.restores,
        )?;
        for violation in &self.violations {
            write!(f, "\n  {violation}")?;
        }
        Ok(())
    }
}
