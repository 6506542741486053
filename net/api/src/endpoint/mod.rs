//! The endpoints, one method each, grouped by noun.
//!
//! Limits: a method builds one request; what to do with the answer is the caller's business.

mod agent;
mod allocs;
mod client;
mod deployments;
mod evals;
mod explain;
mod job_actions;
mod job_versions;
mod jobs;
mod namespaces;
mod node_pools;
mod nodes;
mod operator;
mod scaling;
mod services;
mod status;
mod system;

pub use agent::AgentApi;
pub use allocs::AllocsApi;
pub use client::ClientApi;
pub use deployments::DeploymentsApi;
pub use evals::EvalsApi;
pub use explain::ExplainApi;
pub use job_actions::DispatchRequest;
pub use job_versions::VersionDiff;
pub use jobs::{JobsApi, PlanOptions, RegisterRequest, StopQuery, Submission};
pub use namespaces::NamespacesApi;
pub use node_pools::NodePoolsApi;
pub use nodes::{DrainSpec, NodesApi};
pub use operator::OperatorApi;
pub use scaling::ScalingApi;
pub use services::ServicesApi;
pub use status::StatusApi;
pub use system::SystemApi;
