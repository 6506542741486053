//! What the API needs of the agent behind it.
//!
//! Purpose: the seam between routes and server. The framework reads positions and permits through it; noun files
//! add what they need in a trait of their own that has this one as a supertrait.
//! Limits: no route logic here.

use std::sync::Arc;

use axum::extract::Request;
use axum::response::Response;
use futures::future::BoxFuture;

use crate::ApiError;
use crate::authorize::{Caller, Management, Permit};
use crate::query::Consistency;

/// State that readers can wait on.
pub trait Watch: Send + Sync + 'static {
    /// An immutable view of the state; cheap to clone.
    type Snapshot: Clone + Send + Sync + 'static;
    /// What a query reads: a table, a key, a prefix.
    type Topic: Clone + Send + Sync + 'static;

    /// Returns the newest view.
    fn snapshot(&self) -> Self::Snapshot;

    /// Returns the index below which nothing that was read before is right any more, because another state took its
    /// place; 0 when none did.
    fn floor(&self, snapshot: &Self::Snapshot) -> u64 {
        let _ = snapshot;
        0
    }

    /// Completes once something in one of `topics` is newer than in `seen`; may complete too early, never too
    /// late.
    fn changed<'a>(&'a self, seen: &'a Self::Snapshot, topics: &'a [Self::Topic]) -> BoxFuture<'a, ()>;
}

/// Which part of the cluster this agent is at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// The leader of its region.
    Leader,
    /// A server that does not lead.
    Follower,
    /// A client agent: it has no state to answer from.
    Client,
}

/// Where a request goes that cannot be answered here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// Any server of another region.
    Region(String),
    /// The leader of this region.
    Leader,
    /// Any server of this region.
    Server,
}

/// How fresh the local state is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Whether a leader is known.
    pub known_leader: bool,
    /// Milliseconds since the leader was last heard of; 0 on the leader itself.
    pub last_contact_ms: u64,
}

/// The agent, as the API sees it.
pub trait Backend: Watch {
    /// Returns the agent's region.
    fn region(&self) -> &str;

    /// Returns the agent's present position.
    fn position(&self) -> Position;

    /// Returns how fresh the local state is.
    fn contact(&self) -> Contact;

    /// Completes when a read of this consistency may use the local state (a quorum asked, a lease held), or
    /// fails, for example because nobody leads.
    fn prepare_read(&self, consistency: Consistency) -> BoxFuture<'_, Result<(), ApiError>>;

    /// Passes a request on and returns its answer; see [`forward::pass_on`](crate::forward::pass_on).
    fn forward(&self, to: Destination, request: Request) -> BoxFuture<'_, Result<Response, ApiError>>;

    /// Finds out what a caller may do. While ACLs are off everybody is management.
    fn authenticate<'a>(&'a self, caller: &'a Caller) -> BoxFuture<'a, Result<Arc<dyn Permit>, ApiError>> {
        let _ = caller;
        Box::pin(async { Ok(Arc::new(Management) as Arc<dyn Permit>) })
    }
}
