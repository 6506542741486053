//! What becomes of proposals that are lost while this server goes on leading: they are made again, less and less
//! often while more are lost.
//!
//! Consensus refuses a proposal when too much is in flight already or no quorum answers; made again at once it would
//! be refused at once, as fast as the processor can. Limits: waits from [`FIRST`] to [`LONGEST`]; what has a
//! subject waits once for each subject, and of commands that have none at most [`MAX_COMMANDS`] wait.

use std::collections::BTreeMap;

use model::{Nanos, Timestamp};

use super::proposals::Purpose;

/// Wait after the first loss.
const FIRST: Nanos = Nanos::from_millis(50);
/// Longest wait.
const LONGEST: Nanos = Nanos::from_secs(5);
/// Doublings after which the longest wait is reached.
const MAX_DOUBLINGS: u32 = 7;
/// Commands without a subject that wait; what is lost beyond them comes back with the next leader.
const MAX_COMMANDS: usize = 1_024;

/// Lost proposals that wait for another try.
#[derive(Debug, Default)]
pub(super) struct Retries {
    losses: u32,
    due: BTreeMap<(Timestamp, u64), Purpose>,
    commands: usize,
}

impl Retries {
    /// Proposal `id` was lost.
    pub(super) fn lost(&mut self, now: Timestamp, id: u64, purpose: Purpose) {
        if matches!(purpose, Purpose::Command(_)) {
            if self.commands >= MAX_COMMANDS {
                return;
            }
            self.commands += 1;
        }
        let wait = FIRST.0.saturating_mul(1 << self.losses.min(MAX_DOUBLINGS)).min(LONGEST.0);
        self.losses = self.losses.saturating_add(1).min(MAX_DOUBLINGS);
        self.due.insert((now + Nanos(wait), id), purpose);
    }

    /// A proposal was committed: the next loss is waited for half as long.
    pub(super) fn succeeded(&mut self) {
        self.losses = self.losses.saturating_sub(1);
    }

    /// Takes one whose time has come.
    pub(super) fn pop_due(&mut self, now: Timestamp) -> Option<Purpose> {
        let first = self.due.first_entry().filter(|entry| entry.key().0 <= now)?;
        let purpose = first.remove();
        if matches!(purpose, Purpose::Command(_)) {
            self.commands -= 1;
        }
        Some(purpose)
    }

    /// When one is due next.
    pub(super) fn next_deadline(&self) -> Option<Timestamp> {
        self.due.first_key_value().map(|((at, _), _)| *at)
    }
}
