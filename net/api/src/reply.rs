//! An answer and what came with it.
//!
//! Purpose: keep the JSON for `-json` beside the struct that is shown.
//! Limits: the struct holds the fields that are shown; the JSON holds all.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::ApiError;

/// An answer, decoded and raw.
#[derive(Debug, Clone)]
pub struct Reply<T> {
    /// What is shown of it.
    pub value: T,
    /// All of it, with the keys in the order of the agent.
    pub raw: Value,
    /// What the headers said.
    pub meta: Meta,
}

/// What the headers of an answer say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Meta {
    /// Index to wait on in the next blocking query; 0 when the route has none.
    pub index: u64,
    /// Whether the answering server knew a leader; `None` on routes that do not say.
    pub known_leader: Option<bool>,
    /// Milliseconds since the answering server last heard from its leader.
    pub last_contact_ms: u64,
    /// Token of the next page; empty on the last.
    pub next_token: String,
}

impl Meta {
    pub(crate) fn from_headers(headers: &http::HeaderMap) -> Meta {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let number = |name: &str| text(name).and_then(|value| value.parse().ok()).unwrap_or(0);
        Meta {
            index: number("x-nomad-index"),
            known_leader: text("x-nomad-knownleader").map(|value| value == "true"),
            last_contact_ms: number("x-nomad-lastcontact"),
            next_token: text("x-nomad-nexttoken").unwrap_or_default().to_owned(),
        }
    }
}

impl<T: DeserializeOwned> Reply<T> {
    pub(crate) fn decode(raw: Value, meta: Meta, url: &str) -> Result<Reply<T>, ApiError> {
        let value = T::deserialize(&raw)
            .map_err(|reason| ApiError::Decode { url: url.to_owned(), reason: reason.to_string() })?;
        Ok(Reply { value, raw, meta })
    }
}
