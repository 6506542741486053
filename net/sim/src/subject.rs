//! What is simulated.

use raft::{Encoded, Machine};

use crate::Random;

/// A state machine that the simulation can drive and compare.
pub trait Subject: Machine {
    /// Returns an empty machine.
    fn empty() -> Self;

    /// Returns a hash of its whole state; equal states have equal hashes on every server.
    fn digest(&self) -> u64;

    /// Returns a command that no other call with another `id` returns.
    fn command(random: &mut Random, id: u64) -> Encoded;
}
