//! Asking the leader through a server: itself when it leads, over the modelled network otherwise.
//!
//! Limits: as in production, a call is tried for [`PATIENCE`] while nobody leads, one try lasts at most [`LIMIT`], and it
//! is sent anew only after an answer that says that it was not carried out.

use std::sync::Arc;
use std::time::Duration;

use control::request::{DeregisterJob, DrainNode, RegisterJob};
use control::{CallError, Delivery, PlanError, Token};
use futures::channel::oneshot;
use model::{AllocUpdate, EvalId, JobKind, Name, Node, NodeId, Outcome, PlanResult, Timestamp};
use openraft::AsyncRuntime;
use openraft_rt_sim::SimRuntime;

use super::machine::ControlPlane;
use super::shell::Input;
use crate::network::Port;
use crate::subject::Site;

const PATIENCE: Duration = Duration::from_secs(5);
const LIMIT: Duration = Duration::from_secs(15);
const PAUSE: Duration = Duration::from_millis(50);

/// What a leader is asked.
#[derive(Clone, Debug)]
pub(crate) enum Ask {
    Dequeue { kinds: Vec<JobKind>, until: Timestamp },
    Ack { eval: EvalId, token: Token },
    Nack { eval: EvalId, token: Token, panic: Option<Name> },
    Submit { token: Token, outcome: Box<Outcome> },
    Ping(NodeId),
    Update { node: NodeId, updates: Vec<AllocUpdate> },
    RegisterNode(Box<Node>),
    RegisterJob(Box<RegisterJob>),
    DeregisterJob(Box<DeregisterJob>),
    DrainNode(DrainNode),
    Eligibility { node: NodeId, eligible: bool },
    ForceGc,
}

/// What it answers.
#[derive(Clone, Debug)]
pub(crate) enum Told {
    /// It was not carried out: there is no leader, or it is too busy.
    NotLeader,
    /// Whether it was carried out is open.
    Unknown,
    Refused(String),
    Done,
    /// Committed at an index, as the command with this hash.
    Committed {
        index: u64,
        command: u64,
    },
    Delivery(Option<Delivery>),
    Plan(Result<PlanResult, PlanError>),
}

impl From<CallError> for Told {
    fn from(error: CallError) -> Self {
        match error {
            CallError::NotLeader | CallError::Busy => Self::NotLeader,
            CallError::NotCommitted => Self::Unknown,
            CallError::Token(_) | CallError::Request(_) => Self::Refused(error.to_string()),
        }
    }
}

/// A server through which the leader is asked.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) site: Arc<Site<ControlPlane>>,
    pub(crate) server: usize,
    /// The boot to which the caller is connected; the connection dies with it.
    pub(crate) boot: u64,
}

impl Door {
    /// Connects to a server that is on.
    pub(crate) fn to(site: &Arc<Site<ControlPlane>>, server: usize) -> Option<Self> {
        let (boot, _) = site.stage.running(server)?;
        Some(Self { site: Arc::clone(site), server, boot })
    }

    pub(crate) fn is_open(&self) -> bool {
        self.site.stage.is_on(self.server, self.boot)
    }

    /// Asks the leader.
    pub(crate) async fn ask(&self, ask: Ask) -> Told {
        let deadline = self.site.stage.now() + PATIENCE;
        loop {
            if !self.is_open() {
                return Told::NotLeader;
            }
            let told = match self.leader() {
                Some(to) => {
                    SimRuntime::timeout(LIMIT, self.exchange(to, ask.clone())).await.unwrap_or(Told::Unknown)
                }
                None => Told::NotLeader,
            };
            if !self.is_open() {
                return Told::Unknown;
            }
            if !matches!(told, Told::NotLeader) || self.site.stage.now() >= deadline {
                return told;
            }
            SimRuntime::sleep(PAUSE).await;
        }
    }

    fn leader(&self) -> Option<usize> {
        let (_, consensus) = self.site.stage.running(self.server)?;
        let leadership = consensus.leadership().current();
        if leadership.leading {
            return Some(self.server);
        }
        leadership.leader?.info.address.parse().ok()
    }

    async fn exchange(&self, to: usize, ask: Ask) -> Told {
        let local = to == self.server;
        let port = Port { stage: Arc::clone(&self.site.stage), server: self.server, boot: self.boot };
        if !local {
            port.travel(self.server, to).await;
        }
        let Some((boot, _)) = self.site.stage.running(to) else { return Told::NotLeader };
        let Some(machine) = self.site.hosts[to].machine() else { return Told::NotLeader };
        let (answer, told) = oneshot::channel();
        machine.subject().tell(Input::Ask { ask, local, answer });
        let told = told.await.unwrap_or(Told::Unknown);
        if !self.site.stage.is_on(to, boot) {
            return Told::Unknown;
        }
        if !local {
            port.travel(to, self.server).await;
        }
        told
    }
}
