//! `raw_exec`: a program of the host, without isolation, in a cgroup and a session of its own.
//!
//! Off unless the agent's configuration enables it.

mod command;
mod config;
mod driver;
mod fingerprint;
mod options;
mod settings;
mod spec;
#[cfg(test)]
mod tests;

pub use driver::RawExec;
pub use options::RawExecOptions;
pub use settings::RawExecSettings;
