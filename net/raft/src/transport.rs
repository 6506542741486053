//! How requests reach other servers; `net/server` carries them over QUIC, tests and the simulation in memory.
//!
//! Limits: consensus puts a deadline on every call itself, so an implementation may wait as long as it likes; it must
//! deliver a request at most once and to the server that it was asked for.

use bytes::Bytes;
use futures::future::BoxFuture;

use crate::Member;

/// The other server cannot be reached now; consensus backs off before it tries again.
#[derive(Clone, Debug, thiserror::Error)]
#[error("server unreachable: {reason}")]
pub struct Unreachable {
    /// Why, for the log.
    pub reason: String,
}

impl Unreachable {
    /// Returns the error with `reason`.
    #[must_use]
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}

/// Carries one request to another server, whose [`Consensus::handle`](crate::Consensus::handle) answers it.
pub trait Transport: Send + Sync + 'static {
    /// Sends `request` to `target` and returns its response.
    fn call<'a>(&'a self, target: &'a Member, request: Bytes) -> BoxFuture<'a, Result<Bytes, Unreachable>>;
}
