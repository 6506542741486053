//! Empties draining nodes: a few allocations of each group at a time, all of them at the deadline.
//!
//! ```text
//!  drain set ──▶ batch allocations wait, service ones move ──▶ all gone ──▶ drain over
//!                     │ max_parallel of a group at a time         ▲
//!                     └── deadline ──▶ everything is moved ───────┘
//! ```
//!
//! Limits: one entry per draining node; [`BATCH`] wishes in one command.

use std::collections::{BTreeMap, BTreeSet};

use model::{
    Alloc, AllocTransition, DesiredStatus, EvalTrigger, JobKey, JobKind, Name, Nanos, Node, NodeEvent,
    NodeId, Timestamp,
};
use state::{Command, State};

use crate::request::eval_of;
use crate::token::EvalIds;

/// Wishes in one command.
pub const BATCH: usize = 512;

/// The machine.
#[derive(Debug, Default)]
pub struct Drainer {
    draining: BTreeMap<NodeId, Timestamp>,
}

impl Drainer {
    /// A node changed: watches it while it drains.
    pub fn note(&mut self, id: NodeId, node: Option<&Node>) {
        match node.and_then(|node| node.drain.as_ref()) {
            Some(drain) => {
                self.draining.insert(id, drain.force_deadline);
            }
            None => {
                self.draining.remove(&id);
            }
        }
    }

    /// Whether any node drains.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.draining.is_empty()
    }

    /// When a deadline has to be obeyed next.
    #[must_use]
    pub fn next_deadline(&self, now: Timestamp) -> Option<Timestamp> {
        self.draining.values().copied().filter(|at| *at > now).min()
    }

    /// Looks at all draining nodes; returns what to propose.
    pub fn look(&self, state: &State, now: Timestamp, ids: &mut EvalIds) -> Vec<Command> {
        let mut commands = Vec::new();
        let mut moves = Moves::default();
        for &id in self.draining.keys() {
            let Some(node) = state.node(id) else { continue };
            if !plan_node(state, now, node, &mut moves) {
                commands.push(end_of_drain(now, node));
            }
        }
        commands.extend(moves.commands(state, now, ids));
        commands
    }
}

/// Allocations to move, and how many of each group are on the move already.
#[derive(Debug, Default)]
struct Moves {
    ids: Vec<(model::AllocId, JobKey)>,
    budget: BTreeMap<(JobKey, Name), i64>,
}

impl Moves {
    fn commands(self, state: &State, now: Timestamp, ids: &mut EvalIds) -> Vec<Command> {
        let transition = AllocTransition { migrate: Some(true), ..AllocTransition::default() };
        self.ids
            .chunks(BATCH)
            .map(|chunk| {
                let jobs: BTreeSet<&JobKey> = chunk.iter().map(|(_, key)| key).collect();
                let evals = jobs
                    .into_iter()
                    .filter_map(|key| state.job(key))
                    .map(|job| eval_of(now, ids.next_id(), job, EvalTrigger::NodeDrain))
                    .collect();
                let transitions = chunk.iter().map(|(id, _)| (*id, transition)).collect();
                Command::SetAllocTransitions { transitions, evals }
            })
            .collect()
    }
}

/// Adds what may move off `node` now; returns whether anything is left on it that has to go.
fn plan_node(state: &State, now: Timestamp, node: &Node, moves: &mut Moves) -> bool {
    let Some(drain) = &node.drain else { return true };
    let forced =
        drain.deadline < Nanos::ZERO || (!drain.force_deadline.is_never() && drain.force_deadline <= now);
    let mut services_left = false;
    let mut left = false;
    let mut system = Vec::new();
    for alloc in state.allocs_on_node(node.id).filter(|alloc| !alloc.client_terminal()) {
        let kind = alloc.job.kind();
        if kind.is_system() {
            if !drain.ignore_system_jobs {
                left = true;
                system.push(alloc);
            }
            continue;
        }
        left = true;
        services_left = true;
        if alloc.desired != DesiredStatus::Run || alloc.transition().should_migrate() {
            continue;
        }
        if forced || (kind == JobKind::Service && may_leave(state, alloc, moves)) {
            moves.ids.push((alloc.id, alloc.job_key()));
        }
    }
    // System allocations serve the others and leave last.
    for alloc in system {
        let waits = alloc.desired == DesiredStatus::Run && !alloc.transition().should_migrate();
        if waits && (forced || !services_left) {
            moves.ids.push((alloc.id, alloc.job_key()));
        }
    }
    left
}

/// Takes one of the group's moves, of which `migrate.max_parallel` may go on at a time.
fn may_leave(state: &State, alloc: &Alloc, moves: &mut Moves) -> bool {
    let key = alloc.job_key();
    let budget = moves.budget.entry((key.clone(), alloc.group.clone())).or_insert_with(|| {
        let group = state.job(&key).and_then(|job| job.group(&alloc.group).cloned());
        let parallel =
            group.as_ref().and_then(|group| group.migrate.as_ref()).map_or(1, |rule| rule.max_parallel);
        let count = group.map_or(0, |group| group.count);
        let healthy = state
            .allocs_of_job(&key)
            .filter(|other| other.group == alloc.group && !other.is_terminal())
            .filter(|other| !other.transition().should_migrate() && is_healthy(other))
            .count();
        parallel - (count - i64::try_from(healthy).unwrap_or(i64::MAX)).max(0)
    });
    *budget -= 1;
    *budget >= 0
}

/// Healthy by its client's word, which comes once it was well for as long as its group asks.
fn is_healthy(alloc: &Alloc) -> bool {
    alloc.health.is_some_and(|health| health.healthy == Some(true))
}

fn end_of_drain(now: Timestamp, node: &Node) -> Command {
    let event = NodeEvent {
        time: now,
        subsystem: Name::from("Drain"),
        message: Name::from("Node drain complete"),
        details: BTreeMap::new(),
        create_index: 0,
    };
    Command::SetNodeDrain {
        id: node.id,
        drain: None,
        mark_eligible: false,
        event: Some(event),
        evals: Vec::new(),
    }
}
