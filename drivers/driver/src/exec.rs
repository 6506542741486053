//! A command that runs inside a task, besides it: `alloc exec`, script checks.

use std::os::fd::OwnedFd;

use crate::{BoxFuture, TaskError};

/// What to run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExecRequest {
    /// Program and arguments; the program is found as the task's own command is.
    pub command: Vec<String>,
    /// Whether it gets a terminal.
    pub terminal: Option<TerminalSize>,
}

/// Size of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TerminalSize {
    /// Lines.
    pub rows: u16,
    /// Characters of a line.
    pub columns: u16,
}

/// A running command. Dropping `exit` kills it.
pub struct ExecSession {
    /// What the command reads from: a pipe, or the other side of its terminal.
    pub input: OwnedFd,
    /// What it writes to: a pipe, or the other side of its terminal (a copy of `input`).
    pub output: OwnedFd,
    /// Its errors; with a terminal they are in `output`.
    pub errors: Option<OwnedFd>,
    /// Its end.
    pub exit: BoxFuture<'static, Result<ExecExit, TaskError>>,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExecExit {
    /// Its exit code; 0 when a signal killed it.
    pub exit_code: i32,
    /// The signal that killed it; 0 otherwise.
    pub signal: i32,
}
