//! The judge: knows what was acknowledged and what every server applied, and finds contradictions.
//!
//! - One history: at each index all servers applied the same commands in the same order (a hash chain per index), and
//!   their states have the same hash.
//! - Nothing acknowledged is lost: the command that was acknowledged at an index is the one in the history.
//! - No stale read: behind a barrier, everything acknowledged before it began is applied.
//!
//! Limits: the first twenty violations are kept; the rest follow from them anyway.

use std::collections::BTreeMap;

use crate::invariants::equal_states::EqualStates;

const KEPT: usize = 20;

#[derive(Clone, Copy, Debug)]
struct Applied {
    chain: u64,
    command: u64,
    by: usize,
}

/// What is known to be true.
#[derive(Debug, Default)]
pub(crate) struct Oracle {
    history: BTreeMap<u64, Applied>,
    states: EqualStates,
    acknowledged: BTreeMap<u64, u64>,
    violations: Vec<String>,
    dropped: u64,
}

impl Oracle {
    /// Server `by` applied `command` at `index`, which makes its history hash to `chain`.
    pub(crate) fn applied(&mut self, by: usize, index: u64, command: u64, chain: u64) {
        let first = *self.history.entry(index).or_insert(Applied { chain, command, by });
        if first.chain != chain {
            self.violation(format!(
                "at index {index} server {by} has another history than server {}",
                first.by
            ));
        }
        self.check_acknowledged(index);
    }

    /// The state of server `by` after `index` hashes to `digest`.
    pub(crate) fn state(&mut self, by: usize, index: u64, digest: u64) {
        if let Some(text) = self.states.violation(by, index, digest) {
            self.violation(text);
        }
    }

    /// A client was told that `command` is committed at `index`.
    pub(crate) fn acknowledge(&mut self, index: u64, command: u64) {
        if self.acknowledged.insert(index, command).is_some_and(|other| other != command) {
            self.violation(format!("two commands were acknowledged at index {index}"));
        }
        self.check_acknowledged(index);
    }

    /// Returns the highest index that was acknowledged.
    pub(crate) fn last_acknowledged(&self) -> u64 {
        self.acknowledged.last_key_value().map_or(0, |(index, _)| *index)
    }

    /// Returns the highest index that any server applied.
    pub(crate) fn last_applied(&self) -> u64 {
        self.history.last_key_value().map_or(0, |(index, _)| *index)
    }

    pub(crate) fn acknowledgements(&self) -> u64 {
        self.acknowledged.len() as u64
    }

    pub(crate) fn violation(&mut self, text: String) {
        if self.violations.len() < KEPT {
            self.violations.push(text);
        } else {
            self.dropped += 1;
        }
    }

    pub(crate) fn failed(&self) -> bool {
        !self.violations.is_empty()
    }

    /// Ends the trial and returns what went wrong.
    pub(crate) fn verdict(&mut self) -> Vec<String> {
        let lost: Vec<u64> =
            self.acknowledged.keys().filter(|index| !self.history.contains_key(index)).copied().collect();
        if let Some(first) = lost.first() {
            self.violation(format!(
                "{} acknowledged writes were lost, the first at index {first}",
                lost.len()
            ));
        }
        let mut violations = std::mem::take(&mut self.violations);
        if self.dropped > 0 {
            violations.push(format!("and {} more", self.dropped));
        }
        violations
    }

    fn check_acknowledged(&mut self, index: u64) {
        let (Some(told), Some(applied)) = (self.acknowledged.get(&index), self.history.get(&index)) else {
            return;
        };
        if *told != applied.command {
            self.violation(format!("the write acknowledged at index {index} was replaced by another"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_histories_pass() {
        let mut oracle = Oracle::default();
        for by in 0..3 {
            oracle.applied(by, 1, 7, 100);
            oracle.state(by, 1, 5);
        }
        oracle.acknowledge(1, 7);
        assert_eq!(oracle.verdict(), Vec::<String>::new());
    }

    #[test]
    fn each_rule_finds_its_violation() {
        let mut oracle = Oracle::default();
        oracle.applied(0, 1, 7, 100);
        oracle.applied(1, 1, 8, 101);
        oracle.state(0, 1, 5);
        oracle.state(1, 1, 6);
        oracle.acknowledge(1, 9);
        oracle.acknowledge(2, 10);
        let verdict = oracle.verdict().join("\n");
        for part in
            ["another history", "another state", "was replaced", "writes were lost, the first at index 2"]
        {
            assert!(verdict.contains(part), "{part} is missing in {verdict}");
        }
    }
}
