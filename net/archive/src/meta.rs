//! What an archive says of itself.
//!
//! Limits: a record.

use model::Timestamp;
use serde::{Deserialize, Serialize};

/// Where a state that is saved comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Region of the servers.
    pub region: String,
    /// Term of the leader.
    pub term: u64,
    /// When it is saved.
    pub created: Timestamp,
}

/// What an archive says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Meta {
    /// The layout.
    pub version: u32,
    /// Term, index and time in milliseconds, as one name.
    #[serde(rename = "ID")]
    pub id: String,
    /// The index of the state, as clients see it.
    pub index: u64,
    /// The term of the leader.
    pub term: u64,
    /// The region.
    pub region: String,
    /// When it was saved.
    pub created: Timestamp,
    /// Size of the state, in bytes.
    pub size: u64,
}
