//! The client agent: runs the allocations of one node as the machines of `core/lifecycle` decide.
//!
//! [`Client::start`] reads the state of an earlier agent, takes its tasks over, registers the node by the
//! [`ServerLink`] and then runs whatever the servers assign. Three loops do it: the *session* talks to the
//! servers, the *engine* owns every allocation, the *reporter* sends what changed. Simulated nodes ([`SimNode`])
//! are the same client with the mock driver and without files.
//!
//! Must never do: decide what a task does next (the machines do), speak a network protocol (`net/agent` does), touch
//! a file, group or process outside the directories and the cgroup of its configuration.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod alloc_dir;
mod client;
mod clock;
mod config;
mod drivers;
mod engine;
mod gc;
mod identity;
mod lock;
mod node;
mod reports;
mod server_link;
mod services;
mod session;
mod shared;
mod start;
mod state_db;
mod stats;
mod sweep;
mod task;

pub use alloc_dir::FileEntry;
pub use builtin::{ExecSettings, RawExecSettings};
pub use client::{Client, ShutdownMode};
pub use config::{Config, DriverSettings};
pub use driver::config::ConfigErrors;
pub use driver::{BoxFuture, ExecExit, ExecRequest, ExecSession, TerminalSize};
pub use engine::ControlError;
pub use identity::IdentityError;
pub use lock::LockError;
pub use node::sim::SimNode;
pub use server_link::{LinkError, Registered, Registration, ServerLink};
pub use services::{CheckResult, CheckStatus};
pub use start::StartError;
pub use state_db::StateError;
pub use stats::{AllocStats, CpuCore, DiskStats, HostMemory, HostStats, TaskUsage, UsageOfTask};
pub use sweep::{Roots, sweep_leftovers};
