//! The commands: a folder per noun, a file per verb.
//!
//! Limits: a command reads its arguments, asks, prints through [`Ui`](crate::Ui), and returns its exit code. What
//! it shows is rendered in [`show`].

mod agent;
mod agent_info;
mod alloc;
mod command;
mod deployment;
mod dev;
mod eval;
mod explain;
mod fmt;
mod job;
mod namespace;
mod node;
mod operator;
mod runtime;
mod scaling;
mod server;
mod service;
pub mod show;
mod spec;
mod status;
mod system;
mod tls;
mod version;
mod whatif;

pub(crate) use command::{Cli, dispatch};
