//! Reads while the servers have no leader.
//!
//! Purpose: a read that is refused because nobody leads is asked once more, of the asked server's own state.
//! Limits: reads only; a write is never sent twice.

use std::sync::{Mutex, PoisonError};

use crate::{ApiError, Method, Request};

/// Remembers that answers came from a server that knows no leader.
#[derive(Debug, Default)]
pub struct LeaderlessReads {
    oldest_ms: Mutex<Option<u64>>,
}

impl LeaderlessReads {
    /// Returns how long ago the answering server had last heard from a leader, in milliseconds; `None` while every
    /// answer came from a leader.
    #[must_use]
    pub fn oldest_ms(&self) -> Option<u64> {
        *self.oldest_ms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn note(&self, last_contact_ms: u64) {
        let mut oldest = self.oldest_ms.lock().unwrap_or_else(PoisonError::into_inner);
        *oldest = Some(oldest.unwrap_or(0).max(last_contact_ms));
    }

    /// Returns the same request for the server's own state, if `error` says that nobody leads and that would help.
    pub(crate) fn instead(request: &Request, error: &ApiError) -> Option<Request> {
        if request.method != Method::GET || request.query.stale {
            return None;
        }
        let leaderless = match error {
            ApiError::Status { status: 500, text } => {
                text == "No cluster leader" || text.starts_with("rpc error: ")
            }
            _ => false,
        };
        leaderless.then(|| {
            let mut again = request.clone();
            again.query.stale = true;
            again
        })
    }
}
