//! The endpoints, one method each, grouped by noun.
//!
//! Limits: a method builds one request; what to do with the answer is the caller's business.

mod agent;
mod allocs;
mod client;
mod deployments;
mod evals;
mod jobs;
mod nodes;
mod operator;
mod status;

pub use agent::AgentApi;
pub use allocs::AllocsApi;
pub use client::ClientApi;
pub use deployments::DeploymentsApi;
pub use evals::EvalsApi;
pub use jobs::{JobsApi, RegisterRequest, StopQuery, Submission};
pub use nodes::NodesApi;
pub use operator::OperatorApi;
pub use status::StatusApi;
