//! How the client reaches its servers. `net/agent` implements it over its connection.
//!
//! The link reconnects by itself. When a call or the watch says that the connection is gone, the client registers
//! again and asks for a new watch: the first push of each watch is complete.

use std::time::Duration;

use driver::BoxFuture;
use model::link::AllocPush;
use model::{AllocUpdate, Nanos, Node, NodeEvent};
use tokio::sync::mpsc;

/// The servers, as a client sees them.
pub trait ServerLink: Send + Sync + 'static {
    /// Registers the node, or its changes.
    fn register(&self, node: Node) -> BoxFuture<'_, Result<Registered, LinkError>>;

    /// Says that the client is alive.
    fn ping(&self) -> BoxFuture<'_, Result<(), LinkError>>;

    /// Reports allocations, at most [`model::link::MAX_UPDATES`]; they are stored when it returns.
    fn update(&self, updates: Vec<AllocUpdate>) -> BoxFuture<'_, Result<(), LinkError>>;

    /// Reports events of the node.
    fn events(&self, events: Vec<NodeEvent>) -> BoxFuture<'_, Result<(), LinkError>>;

    /// Announces that the client stops and when it will be back; zero means for good.
    fn leaving(&self, back_in: Nanos) -> BoxFuture<'_, Result<(), LinkError>>;

    /// Asks for the node's allocations: all of them first, then what changes. The channel closes with the connection.
    fn watch(&self) -> mpsc::Receiver<AllocPush>;
}

/// What the servers answer to a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Registered {
    /// Send a ping at least this often.
    pub ping_every: Duration,
    /// How long the servers wait for a silent node before they replace its allocations.
    pub grace: Duration,
}

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// The servers will not have this node: trying again soon is of no use.
    #[error("the servers refuse this node: {0}")]
    Refused(String),
    /// No server can be reached now.
    #[error("no server can be reached: {0}")]
    Unavailable(String),
}

/// Where the client stands with its servers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Registration {
    /// Not registered, or the connection is gone.
    Pending,
    /// Registered.
    Registered(Registered),
    /// Refused, with the reason.
    Refused(String),
}
