//! `exec`: a program of the host in a root, namespaces and rights of its own.
//!
//! The root is the task's directory, with parts of the host mounted in it for reading (`chroot_env`) instead of the
//! copies that Nomad makes: a start takes milliseconds, and no task can change the host's files or another task's.
//! A task runs as `nobody` unless its job says otherwise, and never gains rights. It needs a cgroup: without one
//! there would be no limits, and the driver then says that it is not there.
//!
//! As in Nomad the task itself is process 1 of its namespace: it gets only the signals that it handles, and what
//! ignores the stop signal is killed after `kill_timeout`.

mod command;
mod config;
mod driver;
mod environment;
mod fingerprint;
mod options;
mod rights;
mod settings;
mod spec;
#[cfg(test)]
mod tests;

pub(crate) use config::Config;
pub use driver::Exec;
pub(crate) use driver::Kind;
pub(crate) use fingerprint::fingerprint;
pub use options::ExecOptions;
pub use settings::ExecSettings;
