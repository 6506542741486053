//! The typed HTTP client over TCP, unix socket and QUIC.
//!
//! Purpose: what the command line and the tests use to talk to an agent. One method per endpoint in use, grouped by
//! noun ([`Client::jobs`], [`Client::nodes`] …); an answer is given twice, as the JSON that came and as the light
//! struct that the command line shows ([`Reply`]).
//!
//! Limits: no retries and no caching; a request is sent once. Answers are collected up to 256 MiB, streams are not
//! collected at all. The structs of [`view`] hold what is shown, not everything an agent knows.
#![forbid(unsafe_code)]

mod call;
mod client;
mod endpoint;
mod error;
mod leaderless;
mod reply;
mod transport;
pub mod view;

pub use call::{FrameReader, FrameText, JobQuery, LogOrigin, LogQuery, LogStream, Query, StreamFrame};
pub use client::{Body, Client, ClientConfig, Request, Response};
pub use endpoint::{
    AgentApi, AllocsApi, ClientApi, DeploymentsApi, DispatchRequest, DrainSpec, EvalsApi, ExplainApi,
    JobsApi, NamespacesApi, NodePoolsApi, NodesApi, OperatorApi, PlanOptions, RegisterRequest, ScalingApi,
    ServicesApi, StatusApi, StopQuery, Submission, SystemApi, VersionDiff,
};
pub use error::{ApiError, ConnectFailure};
pub use http::Method;
pub use leaderless::LeaderlessReads;
pub use reply::{Meta, Reply};
pub use transport::{Address, AddressError, TlsFiles, TlsSetupError};
