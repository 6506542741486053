//! The shell that runs the control machines on tokio.
//!
//! ```text
//!  clients ──▶ clients ─┐                        ┌─▶ consensus (raft) ──▶ store ──▶ news ─┐
//!  servers ──▶ peers ───┼─▶ shell: control::Server ─┘                                    │
//!  workers ─────────────┘        ▲───────────────────────────────────────────────────────┘
//! ```
//!
//! The shell carries out what the machines decide and feeds results back; anything with a branch about jobs,
//! nodes or plans belongs into `core/control`. Limits: every queue here is bounded, a full one answers "busy".
//!
//! Must never do: decide; touch the state but through the log.

#![forbid(unsafe_code)]

mod autopilot;
mod clients;
mod config;
mod event_log;
mod join;
mod leader_call;
mod membership;
mod peers;
mod pings;
mod protocol;
mod push;
mod restore;
mod seed;
mod server_handle;
mod shell;
mod start;
mod store;
mod transport;
mod turns;
mod watchers;
mod worker;

pub use config::ServerConfig;
pub use event_log::{EventLog, LoggedEvent};
pub use membership::MembershipFailure;
pub use protocol::{CLIENT_FRAME, FromServer, ToServer};
pub use restore::{RestoreError, SaveError};
pub use server_handle::{NodePath, Server, ServerView, WriteError};
pub use start::StartError;
