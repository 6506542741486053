//! One request on its way to a handler.
//!
//! Purpose: everything a handler gets: the backend, the path's parameters, the query, the proof of the check and
//! the body.
//! Limits: a body is read once, up to [`body::MAX_BODY`](crate::body::MAX_BODY) bytes.

use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use http::request::Parts;

use crate::route::Params;
use crate::{ApiError, Authorized, Backend, Meta, Query, body};

/// A request that has been routed and checked.
#[derive(Debug)]
pub struct Call<B: ?Sized> {
    /// The agent behind the API.
    pub backend: Arc<B>,
    /// The values in the path.
    pub params: Params,
    /// The common query parameters, and the raw ones.
    pub query: Query,
    /// Proof that the caller may ask this.
    pub authorized: Authorized,
    /// The request's head, for what needs it whole (a WebSocket upgrade, for example).
    pub parts: Parts,
    /// The body, unread; behind a lock only so that a call can be shared between threads.
    pub body: Mutex<Body>,
}

impl<B: Backend + ?Sized> Call<B> {
    /// Adds to the body of a read what its headers say.
    #[must_use]
    pub fn with_read_meta(&self, mut body: serde_json::Value, index: u64) -> serde_json::Value {
        let contact = self.backend.contact();
        body["Index"] = index.into();
        body["KnownLeader"] = contact.known_leader.into();
        body["LastContact"] = contact.last_contact_ms.into();
        body["NextToken"] = "".into();
        body
    }

    /// Returns the headers of a read at an index.
    #[must_use]
    pub fn read_meta(&self, index: u64) -> Meta {
        Meta::read(index, self.backend.contact())
    }
}

impl<B: ?Sized> Call<B> {
    /// Returns a value of the path.
    #[must_use]
    pub fn param(&self, name: &str) -> &str {
        self.params.get(name)
    }

    /// Takes the body as it came.
    pub fn unread_body(&mut self) -> Body {
        std::mem::take(self.body.get_mut().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the whole body.
    pub async fn take_body(&mut self) -> Result<bytes::Bytes, ApiError> {
        body::collect(self.unread_body()).await
    }

    /// Reads the body as JSON; an empty one is refused.
    pub async fn take_json(&mut self) -> Result<serde_json::Value, ApiError> {
        body::json(&self.take_body().await?)
    }

    /// Reads the body as JSON; `None` when it is empty.
    pub async fn take_optional_json(&mut self) -> Result<Option<serde_json::Value>, ApiError> {
        let bytes = self.take_body().await?;
        if bytes.is_empty() { Ok(None) } else { body::json(&bytes).map(Some) }
    }
}
