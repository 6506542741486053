//! Servers that applied the same entries have the same state.

use std::collections::BTreeMap;

/// The hash of the state at each index that was compared, and who had it first.
#[derive(Debug, Default)]
pub(crate) struct EqualStates {
    first: BTreeMap<u64, (u64, usize)>,
}

impl EqualStates {
    /// Notes that the state of server `by` after `index` hashes to `digest`; returns what contradicts that.
    pub(crate) fn violation(&mut self, by: usize, index: u64, digest: u64) -> Option<String> {
        let (first, other) = *self.first.entry(index).or_insert((digest, by));
        (first != digest)
            .then(|| format!("at index {index} server {by} has another state than server {other}"))
    }
}
