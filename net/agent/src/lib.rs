//! Assembles servers, clients and the HTTP API into one agent or a dev cluster.
//!
//! The only place where `net` and `drivers` meet. Must never do: decide about jobs or nodes; print.

#![forbid(unsafe_code)]

mod addresses;
mod assemble;
mod backend;
mod certificates;
mod client_settings;
pub mod config;
pub mod dev;
mod error;
mod listeners;
mod local_client;
mod operations;
mod ports;
mod run;
mod server_link;
mod show_config;
mod show_stats;
mod signals;
pub mod simulated;
mod telemetry;

pub use error::AgentError;
pub use run::{AgentReport, run_agent};
pub use signals::StopSignal;
pub use telemetry::start_logging;
