//! Decides from pings, or their absence, whether nodes are there.
//!
//! ```text
//!            ping                      silent for notice_after
//!  ready ◀─────────────┐  ready ────────────────────────▶ silent (Disconnected)
//!                      │                                    │ silent for grace, or announced time is over
//!                      └──────────── ping ◀─────────────────▼
//!                                                         given up (GraceOver)
//! ```
//!
//! Pings stay in memory: only a change of status enters the log. A new leader knows nothing of earlier pings
//! and gives every node a full grace. A client that announces how long it will be away is noticed as silent
//! all the same (nothing new is placed on it), but its grace lasts until it should be back.
//! Limits: one entry per node of the state.

use std::collections::{BTreeMap, BTreeSet};

use model::{Nanos, NodeId, Timestamp};

/// Silence after which a node is noticed: with a quarter of a second for the batch that brings its last ping, a dead
/// node is noticed within three seconds.
const NOTICE_AFTER: Nanos = Nanos::from_millis(2_700);

/// How long a node may be silent.
#[derive(Debug, Clone, Copy)]
pub struct HeartbeatOptions {
    /// Then it is disconnected: nothing new is placed on it.
    pub notice_after: Nanos,
    /// Then its allocations are replaced.
    pub grace: Nanos,
    /// Longest absence that a client can announce.
    pub longest_absence: Nanos,
}

impl Default for HeartbeatOptions {
    fn default() -> Self {
        Self {
            notice_after: NOTICE_AFTER,
            grace: Nanos::from_secs(10),
            longest_absence: Nanos::from_mins(10),
        }
    }
}

/// What a node's pings, or their absence, mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pulse {
    /// It is there (again).
    Alive(NodeId),
    /// It is silent.
    Silent(NodeId),
    /// It was silent for too long.
    GraceOver(NodeId),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Alive,
    Silent,
    GivenUp,
}

#[derive(Debug, Clone, Copy)]
struct Beat {
    phase: Phase,
    last: Timestamp,
    /// End of an announced absence.
    back_at: Option<Timestamp>,
    deadline: Timestamp,
}

/// The machine.
#[derive(Debug)]
pub struct Heartbeats {
    options: HeartbeatOptions,
    nodes: BTreeMap<NodeId, Beat>,
    deadlines: BTreeSet<(Timestamp, NodeId)>,
}

impl Heartbeats {
    /// Knows no node.
    #[must_use]
    pub const fn new(options: HeartbeatOptions) -> Self {
        Self { options, nodes: BTreeMap::new(), deadlines: BTreeSet::new() }
    }

    /// Tracks a node that the state holds as `alive` or as silent; it gets a full grace from now on.
    /// One that is tracked already, or is down, is left as it is.
    pub fn track(&mut self, now: Timestamp, node: NodeId, alive: bool) {
        if self.nodes.contains_key(&node) {
            return;
        }
        let phase = if alive { Phase::Alive } else { Phase::Silent };
        self.set(node, Beat { phase, last: now, back_at: None, deadline: now + self.options.grace });
    }

    /// A node pinged.
    pub fn ping(&mut self, now: Timestamp, node: NodeId) -> Option<Pulse> {
        let known = self.nodes.get(&node).map(|beat| beat.phase);
        let deadline = now + self.options.notice_after;
        self.set(node, Beat { phase: Phase::Alive, last: now, back_at: None, deadline });
        match known {
            Some(Phase::Alive) => None,
            Some(Phase::Silent | Phase::GivenUp) | None => Some(Pulse::Alive(node)),
        }
    }

    /// A node says that it will be away for `back_in`; zero means for good.
    pub fn leaving(&mut self, now: Timestamp, node: NodeId, back_in: Nanos) -> Option<Pulse> {
        if back_in <= Nanos::ZERO {
            self.set(
                node,
                Beat { phase: Phase::GivenUp, last: now, back_at: None, deadline: Timestamp::NEVER },
            );
            return Some(Pulse::GraceOver(node));
        }
        let back_at = Some(now + back_in.min(self.options.longest_absence));
        let deadline = now + self.options.notice_after;
        self.set(node, Beat { phase: Phase::Alive, last: now, back_at, deadline });
        None
    }

    /// Forgets a node.
    pub fn forget(&mut self, node: NodeId) {
        if let Some(beat) = self.nodes.remove(&node) {
            self.deadlines.remove(&(beat.deadline, node));
        }
    }

    /// Returns what the silence of nodes means by now.
    pub fn tick(&mut self, now: Timestamp) -> Vec<Pulse> {
        let mut pulses = Vec::new();
        while let Some(&(at, node)) = self.deadlines.first() {
            if at > now {
                break;
            }
            let mut beat = *self.nodes.get(&node).expect("every deadline belongs to a tracked node");
            match beat.phase {
                Phase::Alive => {
                    beat.phase = Phase::Silent;
                    beat.deadline =
                        beat.back_at.unwrap_or(beat.last + self.options.grace).max(now + Nanos(1));
                    pulses.push(Pulse::Silent(node));
                }
                Phase::Silent | Phase::GivenUp => {
                    beat.phase = Phase::GivenUp;
                    beat.deadline = Timestamp::NEVER;
                    pulses.push(Pulse::GraceOver(node));
                }
            }
            self.set(node, beat);
        }
        pulses
    }

    /// What the pings of a node mean now; none for a node that is not tracked.
    #[must_use]
    pub fn pulse(&self, node: NodeId) -> Option<Pulse> {
        self.nodes.get(&node).map(|beat| match beat.phase {
            Phase::Alive => Pulse::Alive(node),
            Phase::Silent => Pulse::Silent(node),
            Phase::GivenUp => Pulse::GraceOver(node),
        })
    }

    /// When [`Self::tick`] has something to do next.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.deadlines.first().map(|entry| entry.0)
    }

    /// Nodes that ping.
    #[must_use]
    pub fn alive_count(&self) -> usize {
        self.nodes.values().filter(|beat| beat.phase == Phase::Alive).count()
    }

    fn set(&mut self, node: NodeId, beat: Beat) {
        if let Some(old) = self.nodes.insert(node, beat) {
            self.deadlines.remove(&(old.deadline, node));
        }
        if !beat.deadline.is_never() {
            self.deadlines.insert((beat.deadline, node));
        }
    }
}
