//! Who takes part: ids of servers and what is known about each.
//!
//! Limits: a [`ServerId`] is never reused; it comes from the incarnation of a data directory, so that a wiped server
//! is a new one.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The id of a server, derived from the incarnation of its data directory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ServerId(pub u64);

impl fmt::Display for ServerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// How a server is called and reached.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeInfo {
    /// The name that people gave it.
    pub name: String,
    /// Where other servers reach it (`host:port`).
    pub address: String,
    /// Where its HTTP API answers (`host:port`).
    pub http_address: String,
}

/// One server of the group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Its id.
    pub id: ServerId,
    /// Its name and addresses.
    pub info: NodeInfo,
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}, {})", self.info.name, self.id, self.info.address)
    }
}
