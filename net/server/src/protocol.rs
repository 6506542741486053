//! What agents say to a server: calls of clients and calls of other servers.
//!
//! Limits: a client's frame has at most [`CLIENT_FRAME`] bytes, a server's [`PEER_FRAME`].

use control::Token;
use model::link::{ClientMessage, ServerMessage};
use model::{AllocUpdate, Eval, EvalId, JobKind, Name, Nanos, Node, NodeEvent, NodeId, Outcome, PlanResult};
use serde::{Deserialize, Serialize};
use wire::frame::Request;

/// Longest frame between a client and a server, in bytes.
pub const CLIENT_FRAME: usize = 16 << 20;
/// Longest frame between servers, in bytes.
pub(crate) const PEER_FRAME: usize = 64 << 20;

/// A client's call.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ToServer(pub ClientMessage);

/// The answer to it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FromServer(pub ServerMessage);

impl Request for ToServer {
    type Protocol = wire::Client;
    type Response = FromServer;
}

/// How a server introduces itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Introduction {
    /// Its id in consensus.
    pub(crate) id: u64,
    /// Its name.
    pub(crate) name: String,
    /// Address for other agents.
    pub(crate) address: String,
    /// Address of its HTTP API.
    pub(crate) http_address: String,
    /// Servers that it expects to found the cluster.
    pub(crate) expect: usize,
    /// Whether it belongs to a cluster already.
    pub(crate) founded: bool,
}

/// What one server asks another, and what a server asks itself when it leads.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum PeerRequest {
    /// Tells who is there.
    Hello(Introduction),
    /// Wants to become a server of this cluster.
    Join(Introduction),
    /// A worker wants an evaluation.
    Dequeue { kinds: Vec<JobKind>, wait: Nanos },
    /// A worker is done.
    Ack { eval: EvalId, token: Token },
    /// A worker gives an evaluation back, perhaps because the scheduler panicked.
    Nack {
        eval: EvalId,
        token: Token,
        #[serde(default)]
        panic: Option<Name>,
    },
    /// A worker submits a plan.
    Submit { token: Token, outcome: Box<Outcome> },
    /// A client registers.
    RegisterNode(Box<Node>),
    /// Clients are alive.
    Pings(Vec<NodeId>),
    /// A client goes away for a while.
    Leaving { node: NodeId, back_in: Nanos },
    /// A client reports allocations.
    UpdateAllocs { node: NodeId, updates: Vec<AllocUpdate> },
    /// A client reports events.
    NodeEvents { node: NodeId, events: Vec<NodeEvent> },
    /// Whether a node is connected to this server.
    HasNode(NodeId),
}

/// The answer to a [`PeerRequest`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum PeerResponse {
    /// Who answers, and whom it knows.
    Hello { this: Introduction, known: Vec<Introduction> },
    /// Done.
    Done,
    /// An evaluation, or none in time.
    Delivery(Option<Box<RemoteDelivery>>),
    /// What was committed of a plan.
    Plan(PlanResult),
    /// Yes or no.
    Is(bool),
    /// The answering server does not lead.
    NotLeader,
    /// Trying again later may help.
    Busy,
    /// Refused: trying again is of no use.
    Refused(String),
}

/// An evaluation handed to a worker of another server.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RemoteDelivery {
    pub(crate) eval: Eval,
    pub(crate) token: Token,
    pub(crate) wait_index: u64,
}

impl Request for PeerRequest {
    type Protocol = wire::Peer;
    type Response = PeerResponse;
}
