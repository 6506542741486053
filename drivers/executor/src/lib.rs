//! The single-threaded child process that owns one task, and the agent's side of it.
//!
//! `nomadctl executor <state-dir>` starts a task, owns its cgroup and its log pipes, and survives the agent. It has no
//! runtime, no threads and no dependency that allocates at start: 100 of them must stay below 0.5 MB each.
//! [`link`] is what the agent uses: launch, attach after a restart, ask, stop.
//!
//! The life of an executor is the life of its task: it records how the task ended in its state file, then exits. So
//! an agent waits by the executor's pidfd, and reads the file afterwards, whoever started the executor.

#![forbid(unsafe_code)]

mod commands;
mod envelope;
mod first;
pub mod link;
mod logs;
mod machine;
mod protocol;
mod socket;
mod spec;
mod start;
mod state_file;
mod supervise;
mod usage;

use std::ffi::OsString;
use std::path::PathBuf;

pub use protocol::{Command, CommandExit, ProtocolError, Request, Response};
pub use spec::{CgroupPlan, Isolation, LaunchSpec, LogSpec};
pub use start::{StartFailure, chain};
pub use state_file::{Phase, ProcessId, State, StateError, TaskExit};
pub use usage::Usage;

/// Name of the subcommand, as the first argument of the binary.
pub const SUBCOMMAND: &str = "executor";

/// Returns whether these arguments (with the program's name first) ask for an executor.
///
/// To be asked before anything else: no runtime and no logger may be started in an executor.
pub fn is_executor(mut args: impl Iterator<Item = OsString>) -> bool {
    args.nth(1).is_some_and(|first| first == SUBCOMMAND)
}

/// Runs an executor to its end and returns the exit code of the process: 0 when the task was started and recorded,
/// 1 when it could not be started, 2 for wrong arguments.
///
/// `args` start with the program's name. Call it first in `main`, while the process has one thread.
pub fn main(args: impl Iterator<Item = OsString>) -> i32 {
    let rest: Vec<OsString> = args.skip(2).collect();
    match rest.as_slice() {
        [state_dir] => start::run(&PathBuf::from(state_dir)),
        _ => 2,
    }
}
