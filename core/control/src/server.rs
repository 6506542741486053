//! The server: one event in, actions out. The production shell and the simulator are two thin interpreters of
//! its actions; anything with a branch in it belongs here.
//!
//! ```text
//!             BecameLeader                        LostLeadership
//!  follower ───────────────▶ leader (all machines) ──────────────▶ follower (every caller is answered)
//! ```
//!
//! A follower answers every call with "not the leader"; its workers dequeue from the leader.
//! Limits: those of the machines; calls that wait for an evaluation [`MAX_WAITERS`], reports of clients
//! [`MAX_QUEUED_UPDATES`].

use std::sync::Arc;

use model::{AllocUpdate, EvalId, JobKind, Name, Nanos, NodeId, Outcome, PlanResult, Timestamp};
use state::{Applied, Entry, Snapshot};

use crate::eval_broker::{BrokerOptions, Delivery, TokenError};
use crate::gc::GcOptions;
use crate::heartbeat::HeartbeatOptions;
use crate::leader::Leader;
use crate::plan_queue::{CallId, PlanError};
use crate::token::Token;

/// Calls that may wait for an evaluation at a time.
pub const MAX_WAITERS: usize = 4_096;
/// Reports of allocations that may wait to be proposed.
pub const MAX_QUEUED_UPDATES: usize = 131_072;

/// What operators may change.
#[derive(Debug, Clone)]
pub struct ServerOptions {
    /// Of the broker.
    pub broker: BrokerOptions,
    /// Of the heartbeats.
    pub heartbeat: HeartbeatOptions,
    /// Of the garbage collection.
    pub gc: GcOptions,
    /// Workers of other servers get evaluations when more than this many are ready.
    pub remote_threshold: usize,
    /// What the time zone `Local` of a periodic job stands for: its IANA name; empty means UTC.
    pub local_zone: Name,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            broker: BrokerOptions::default(),
            heartbeat: HeartbeatOptions::default(),
            gc: GcOptions::default(),
            remote_threshold: 16,
            local_zone: Name::from(""),
        }
    }
}

/// What happens.
#[derive(Debug, Clone)]
pub enum Event {
    /// This server leads, and `snapshot` holds everything that was committed before.
    BecameLeader {
        /// The state.
        snapshot: Snapshot,
        /// Random: ids and tokens of this term follow from it.
        seed: u128,
    },
    /// This server does not lead any more.
    LostLeadership,
    /// Entries were carried out; `snapshot` is the state after the last of them.
    Applied {
        /// The state.
        snapshot: Snapshot,
        /// What the entries changed, in order.
        applied: Arc<[Applied]>,
    },
    /// A proposal was committed and carried out, or is lost. May come before or after the `Applied` that has it.
    Committed {
        /// The proposal.
        id: u64,
        /// Its index and time, or none when leadership was lost.
        result: Option<(u64, Timestamp)>,
    },
    /// A worker wants an evaluation.
    Dequeue {
        /// Whom to answer.
        call: CallId,
        /// Kinds of jobs it handles.
        kinds: Vec<JobKind>,
        /// Whether the worker runs on this server.
        local: bool,
        /// Answer with nothing at this time.
        until: Timestamp,
    },
    /// A caller that waits for an evaluation is gone.
    CancelDequeue {
        /// The caller.
        call: CallId,
    },
    /// A worker is done with an evaluation.
    Ack {
        /// Whom to answer.
        call: CallId,
        /// The evaluation.
        eval: EvalId,
        /// Proves ownership.
        token: Token,
    },
    /// A worker gives an evaluation back.
    Nack {
        /// Whom to answer.
        call: CallId,
        /// The evaluation.
        eval: EvalId,
        /// Proves ownership.
        token: Token,
        /// The panic of the scheduler that it caused, if it did.
        panic: Option<Name>,
    },
    /// A worker submits a plan.
    SubmitPlan {
        /// Whom to answer.
        call: CallId,
        /// Proves ownership of the evaluation.
        token: Token,
        /// Plan, evaluation and created evaluations.
        outcome: Box<Outcome>,
    },
    /// Nodes are alive.
    Pings(Vec<NodeId>),
    /// A node announces that it stops and when it will be back; zero means never.
    Leaving {
        /// The node.
        node: NodeId,
        /// How long it will be away.
        back_in: Nanos,
    },
    /// A client reports allocations.
    UpdateAllocs {
        /// Whom to answer.
        call: CallId,
        /// Its node.
        node: NodeId,
        /// The reports.
        updates: Vec<AllocUpdate>,
    },
    /// Somebody asks to forget everything that is terminal.
    ForceGc,
    /// Time has passed: the moment of the last [`Action::WakeAt`] is there.
    Tick,
}

/// Why a call was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// This server is not the leader.
    #[error("this server is not the leader")]
    NotLeader,
    /// Too many calls of this sort wait already: try again later.
    #[error("too many requests wait")]
    Busy,
    /// The token is not right.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The request cannot be carried out.
    #[error(transparent)]
    Request(#[from] crate::request::RequestError),
    /// Leadership was lost meanwhile: whether it was done is open.
    #[error("leadership was lost before the request was committed")]
    NotCommitted,
}

/// What to do.
#[derive(Debug, Clone)]
pub enum Action {
    /// Propose an entry to the log, then [`Event::Committed`].
    Propose {
        /// Name of the proposal.
        id: u64,
        /// The entry.
        entry: Box<Entry>,
    },
    /// Answer a dequeue; none means that nothing was ready in time.
    AnswerDequeue {
        /// The caller.
        call: CallId,
        /// The answer.
        result: Result<Option<Delivery>, CallError>,
    },
    /// Answer a plan.
    AnswerPlan {
        /// The caller.
        call: CallId,
        /// The answer.
        result: Result<PlanResult, PlanError>,
    },
    /// Answer an ack, a nack or a report.
    Answer {
        /// The caller.
        call: CallId,
        /// The answer.
        result: Result<(), CallError>,
    },
    /// Send [`Event::Tick`] at this time; it replaces the last wish.
    WakeAt(Timestamp),
}

/// What a leader is busy with, for metrics and `operator debug`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ServerStats {
    /// Evaluations that wait for a worker.
    pub ready_evals: usize,
    /// Evaluations that are tracked by the broker.
    pub tracked_evals: usize,
    /// Evaluations that wait for room.
    pub blocked_evals: usize,
    /// Plans that wait.
    pub queued_plans: usize,
    /// Nodes that ping.
    pub alive_nodes: usize,
    /// Deployments that are watched.
    pub deployments: usize,
}

/// The machine of a server.
#[derive(Debug)]
pub struct Server {
    options: ServerOptions,
    leader: Option<Box<Leader>>,
    wake_at: Option<Timestamp>,
}

impl Server {
    /// A server that follows.
    #[must_use]
    pub const fn new(options: ServerOptions) -> Self {
        Self { options, leader: None, wake_at: None }
    }

    /// Whether it leads.
    #[must_use]
    pub const fn is_leader(&self) -> bool {
        self.leader.is_some()
    }

    /// What it is busy with; all zero on a follower.
    #[must_use]
    pub fn stats(&self) -> ServerStats {
        self.leader.as_ref().map(|leader| leader.stats()).unwrap_or_default()
    }

    /// Takes one event and says what to do.
    #[must_use]
    pub fn handle(&mut self, now: Timestamp, event: Event) -> Vec<Action> {
        let mut actions = Vec::new();
        match event {
            Event::BecameLeader { snapshot, seed } => {
                if let Some(old) = self.leader.take() {
                    old.step_down(&mut actions);
                }
                let mut leader = Box::new(Leader::new(&self.options, snapshot, seed));
                leader.restore(now, &mut actions);
                self.leader = Some(leader);
            }
            Event::LostLeadership => {
                if let Some(old) = self.leader.take() {
                    old.step_down(&mut actions);
                }
                self.wake_at = None;
            }
            event @ (Event::Applied { .. }
            | Event::Committed { .. }
            | Event::Dequeue { .. }
            | Event::CancelDequeue { .. }
            | Event::Ack { .. }
            | Event::Nack { .. }
            | Event::SubmitPlan { .. }
            | Event::Pings(_)
            | Event::Leaving { .. }
            | Event::UpdateAllocs { .. }
            | Event::ForceGc
            | Event::Tick) => match &mut self.leader {
                Some(leader) => leader.handle(now, event, &mut actions),
                None => refuse(event, &mut actions),
            },
        }
        self.wake(now, &mut actions);
        actions
    }

    fn wake(&mut self, now: Timestamp, actions: &mut Vec<Action>) {
        let Some(leader) = &self.leader else { return };
        let next = leader.next_deadline(now).max(now + Nanos(1));
        if self.wake_at != Some(next) {
            self.wake_at = Some(next);
            actions.push(Action::WakeAt(next));
        }
    }
}

/// A follower has no machines: it answers who asks.
fn refuse(event: Event, actions: &mut Vec<Action>) {
    match event {
        Event::Dequeue { call, .. } => {
            actions.push(Action::AnswerDequeue { call, result: Err(CallError::NotLeader) });
        }
        Event::SubmitPlan { call, .. } => {
            actions.push(Action::AnswerPlan { call, result: Err(PlanError::NotLeader) });
        }
        Event::Ack { call, .. } | Event::Nack { call, .. } | Event::UpdateAllocs { call, .. } => {
            actions.push(Action::Answer { call, result: Err(CallError::NotLeader) });
        }
        Event::BecameLeader { .. }
        | Event::LostLeadership
        | Event::Applied { .. }
        | Event::Committed { .. }
        | Event::CancelDequeue { .. }
        | Event::Pings(_)
        | Event::Leaving { .. }
        | Event::ForceGc
        | Event::Tick => {}
    }
}
