//! The QUIC endpoint of an agent: certificates, roles, ALPNs, frames and HTTP over streams.
//!
//! Purpose: every byte between two agents, and between the CLI and an agent over QUIC, passes through this
//! crate. One UDP port per agent carries five protocols ([`Alpn`]); mutual TLS proves the peer's [`Role`] and
//! [`Region`], and both are part of what a connection *is*: a [`Connection<Raft>`] exists only between servers
//! of one region, and [`frame::call`] takes only requests that were declared for that protocol.
//!
//! Limits: no knowledge of jobs, nodes or Raft's messages; no routing of HTTP requests (that is `http_api`);
//! no retries of a request (a caller knows whether that is safe). Every buffer, queue and frame has a cap,
//! written beside it.
#![forbid(unsafe_code)]

mod admission;
mod alpn;
pub mod ca;
mod causes;
mod connection;
pub mod endpoint;
pub mod frame;
pub mod http;
mod identity;
mod pool;
mod protocol;
mod resolve;
mod role;
mod streams;
mod tls;

pub use admission::{AdmissionError, admit};
pub use alpn::Alpn;
pub use causes::with_causes;
pub use connection::{Accepted, Connection};
pub use endpoint::{DialError, Endpoint, EndpointConfig, Expect};
pub use identity::{IdentityError, PeerIdentity};
pub use pool::{Backoff, Pool, PoolError, Target};
pub use protocol::{Client, Gossip, Http, Peer, Protocol, Raft};
pub use resolve::{ResolveError, resolve};
pub use role::{Region, RegionError, Role};
pub use tls::{Credentials, CredentialsError};
