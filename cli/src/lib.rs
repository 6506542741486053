//! The command line of nomadctl.
//!
//! Purpose: read arguments, ask an agent, show the answer, and end with the exit code that scripts expect
//! ([`run`]). Rendering is separate from asking: `format` and the `show` functions beside the commands take answers
//! and return text.
//!
//! Limits: decides nothing about the cluster; prints only through [`Ui`]; reads the environment only through
//! [`Environment`].
#![forbid(unsafe_code)]

mod commands;
mod context;
mod environment;
mod error;
mod follow;
pub mod format;
mod global;
mod go_flags;
mod help;
mod job_file;
mod run;
mod ui;

pub use commands::show;
pub use environment::Environment;
pub use error::{CommandError, CommandResult, ErrorKind, Exit};
pub use run::{Invocation, run};
pub use ui::{Captured, Ui};

/// Name of the program in help and hints.
pub const PROGRAM: &str = "nomadctl";
/// Version of the program, without a `v`.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
