//! Job files on the command line.
//!
//! Purpose: read a job file and its variables, parse it here, and report what is wrong with an excerpt. Nothing is
//! sent when a file is refused.
//! Limits: files from a path or stdin, of at most as many bytes as the parser reads.

mod args;
mod files;
mod load;

pub(crate) use args::JobFileArgs;
pub(crate) use load::JobFile;
