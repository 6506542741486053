//! Connections kept for re-use.
//!
//! Purpose: one connection per peer and protocol, dialled when needed and dialled again after it broke.
//! Limits: a fixed number of peers (the least recently used goes first); after a failed dial the peer is left
//! alone for 50 ms, doubling up to 5 s.

mod backoff;
mod cache;

pub use backoff::Backoff;
pub use cache::{Pool, PoolError, Target};
