//! What evaluations have in common: the candidate nodes of a pool and its datacenters, and what filters say of
//! them. It follows from the nodes alone and lives as long as no node changes.
//!
//! Limits: 16 sets of pool and datacenters, and 64 sets of filters each; the oldest gives way. The locks guard
//! lists of finished values: they change how long an evaluation takes, and never what it decides.

mod candidates;
mod recent;

pub(crate) use candidates::{Frame, amounts};
pub(crate) use recent::Recent;
