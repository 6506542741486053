//! Job files on the command line.
//!
//! Purpose: read a job file and its variables, parse it here, and report what is wrong with an excerpt. Nothing is
//! sent when a file is refused.
//! Limits: files of up to 4 MiB, from a path or stdin.

mod args;
mod files;
mod load;

pub(crate) use args::JobFileArgs;
pub(crate) use load::JobFile;
