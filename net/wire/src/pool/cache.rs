//! The pool itself.
//!
//! Purpose: hand out a live connection to a peer; callers that ask at the same time share one dial.
//! Limits: `max` peers; a dial takes as long as [`Endpoint::dial`] allows.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::Backoff;
use crate::{Connection, DialError, Endpoint, Expect, Protocol};

/// A peer and whom to expect there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Target {
    /// Where to dial.
    pub addr: SocketAddr,
    /// Whom to meet.
    pub expect: Expect,
}

/// Why the pool has no connection for a peer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum PoolError {
    /// The dial just failed.
    #[error("cannot reach {addr}")]
    Dial {
        /// Where to.
        addr: SocketAddr,
        /// Why.
        source: Arc<DialError>,
    },
    /// A dial failed a moment ago; the next one is not due yet.
    #[error("{addr} was unreachable a moment ago, next attempt in {wait_ms} ms")]
    BackingOff {
        /// Where to.
        addr: SocketAddr,
        /// Time until the next attempt.
        wait_ms: u128,
        /// Why the last attempt failed.
        source: Arc<DialError>,
    },
}

/// Connections of one protocol by peer. Clones share it.
pub struct Pool<P: Protocol> {
    endpoint: Endpoint,
    max: usize,
    slots: Arc<Mutex<BTreeMap<Target, Slot<P>>>>,
}

struct Slot<P: Protocol> {
    used: Instant,
    state: Arc<tokio::sync::Mutex<SlotState<P>>>,
}

enum SlotState<P: Protocol> {
    Never,
    Connected(Connection<P>),
    Failed { backoff: Backoff, next: Instant, error: Arc<DialError> },
}

impl<P: Protocol> Clone for Pool<P> {
    fn clone(&self) -> Pool<P> {
        Pool { endpoint: self.endpoint.clone(), max: self.max, slots: self.slots.clone() }
    }
}

impl<P: Protocol> std::fmt::Debug for Pool<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pool").field("alpn", &P::ALPN.name()).finish_non_exhaustive()
    }
}

impl<P: Protocol> Pool<P> {
    /// Makes a pool for at most `max` peers.
    #[must_use]
    pub fn new(endpoint: Endpoint, max: usize) -> Pool<P> {
        Pool { endpoint, max: max.max(1), slots: Arc::default() }
    }

    /// Returns a live connection to the peer, dialling it when there is none.
    pub async fn get(&self, target: &Target) -> Result<Connection<P>, PoolError> {
        let state = self.slot(target);
        let mut state = state.lock().await;
        let mut backoff = match &*state {
            SlotState::Connected(connection) if !connection.is_closed() => return Ok(connection.clone()),
            SlotState::Failed { next, error, .. } if *next > Instant::now() => {
                let wait = *next - Instant::now();
                return Err(backing_off(target.addr, wait, error));
            }
            SlotState::Failed { backoff, .. } => *backoff,
            SlotState::Connected(_) | SlotState::Never => Backoff::default(),
        };
        match self.endpoint.dial::<P>(target.addr, &target.expect).await {
            Ok(connection) => {
                *state = SlotState::Connected(connection.clone());
                Ok(connection)
            }
            Err(error) => {
                let source = Arc::new(error);
                let next = Instant::now() + backoff.failed();
                *state = SlotState::Failed { backoff, next, error: source.clone() };
                Err(PoolError::Dial { addr: target.addr, source })
            }
        }
    }

    /// Forgets a peer; its connection ends when the last user drops it.
    pub fn forget(&self, target: &Target) {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner).remove(target);
    }

    fn slot(&self, target: &Target) -> Arc<tokio::sync::Mutex<SlotState<P>>> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.get_mut(target) {
            slot.used = Instant::now();
            return slot.state.clone();
        }
        if slots.len() >= self.max
            && let Some(oldest) =
                slots.iter().min_by_key(|(_, slot)| slot.used).map(|(target, _)| target.clone())
        {
            slots.remove(&oldest);
        }
        let state = Arc::new(tokio::sync::Mutex::new(SlotState::Never));
        slots.insert(target.clone(), Slot { used: Instant::now(), state: state.clone() });
        state
    }
}

fn backing_off(addr: SocketAddr, wait: Duration, error: &Arc<DialError>) -> PoolError {
    PoolError::BackingOff { addr, wait_ms: wait.as_millis(), source: error.clone() }
}
