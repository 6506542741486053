//! What a handler returns.
//!
//! Purpose: a status, a body and the headers of a read, apart from how they are put on the wire.
//! Limits: JSON is encoded when the reply is made, so that the value can be dropped.

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode};
use serde::Serialize;

use crate::{ApiError, Contact, Filtered};

/// Headers of a read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meta {
    /// Index of what was read (`X-Nomad-Index`).
    pub index: u64,
    /// Freshness of the state; `None` on writes, which send the index only.
    pub contact: Option<ContactMeta>,
    /// First entry of the next page; empty on the last.
    pub next_token: String,
}

/// Freshness as headers say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContactMeta {
    /// `X-Nomad-KnownLeader`.
    pub known_leader: bool,
    /// `X-Nomad-LastContact` in milliseconds.
    pub last_contact_ms: u64,
}

impl Meta {
    /// Headers of a read.
    #[must_use]
    pub fn read(index: u64, contact: Contact) -> Meta {
        let Contact { known_leader, last_contact_ms } = contact;
        Meta {
            index,
            contact: Some(ContactMeta { known_leader, last_contact_ms }),
            next_token: String::new(),
        }
    }

    /// Headers of a write.
    #[must_use]
    pub fn write(index: u64) -> Meta {
        Meta { index, ..Meta::default() }
    }

    /// Adds the token of the next page.
    #[must_use]
    pub fn with_next_token(mut self, next_token: impl Into<String>) -> Meta {
        self.next_token = next_token.into();
        self
    }
}

/// The body of a reply.
#[derive(Debug)]
pub enum ReplyBody {
    /// Nothing.
    Empty,
    /// Encoded JSON, indented on the way out if the client wants it.
    Json(Vec<u8>),
    /// Bytes of some content type.
    Bytes(&'static str, Bytes),
    /// A body that goes on, of some content type; neither compressed nor collected.
    Stream(&'static str, Body),
    /// A finished response, such as the switch to a WebSocket or one that was passed on.
    Response(Box<Response>),
}

/// What a handler returns.
#[derive(Debug)]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// Headers of a read or write, if the endpoint sends them.
    pub meta: Option<Meta>,
    /// Further headers.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The body.
    pub body: ReplyBody,
    pub(crate) filtered: bool,
}

impl Reply {
    /// A reply of status 200 with this body.
    #[must_use]
    pub fn new(body: ReplyBody) -> Reply {
        Reply { status: StatusCode::OK, meta: None, headers: Vec::new(), body, filtered: false }
    }

    /// A reply without a body.
    #[must_use]
    pub fn empty() -> Reply {
        Reply::new(ReplyBody::Empty)
    }

    /// A JSON object or scalar.
    pub fn json<T: Serialize + ?Sized>(value: &T) -> Result<Reply, ApiError> {
        let json = serde_json::to_vec(value)
            .map_err(|error| ApiError::internal(format!("cannot encode the answer: {error}")))?;
        Ok(Reply::new(ReplyBody::Json(json)))
    }

    /// A JSON list of entries that the caller may see.
    pub fn list<T: Serialize>(entries: &Filtered<T>) -> Result<Reply, ApiError> {
        let mut reply = Reply::json(entries.as_slice())?;
        reply.filtered = true;
        Ok(reply)
    }

    /// Says that the body was made from filtered entries, for answers that are no plain list.
    #[must_use]
    pub fn from_filtered<T>(mut self, _: &Filtered<T>) -> Reply {
        self.filtered = true;
        self
    }

    /// Adds the headers of a read or write.
    #[must_use]
    pub fn with_meta(mut self, meta: Meta) -> Reply {
        self.meta = Some(meta);
        self
    }

    /// Sets the status.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Reply {
        self.status = status;
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Reply {
        self.headers.push((name, value));
        self
    }
}
