//! What a driver's tests give to the suite.

use std::sync::Arc;

use crate::{Driver, TaskConfig};

/// What a task of the suite is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Script {
    /// End at once with this code.
    Exit(i32),
    /// Run until it is stopped.
    Run,
    /// End with 0 when it is asked to stop, and say `ready` on stdout when it can be asked.
    Graceful,
    /// Run and ignore every request to stop; say `ready` on stdout when it can be asked.
    Stubborn,
    /// Start processes, also outside the session, then write `family` and each pid on a line of stdout; run.
    Family,
    /// Write one line to stdout and one to stderr, then end with 0.
    Print(&'static str, &'static str),
    /// Take more memory than the task may have, until the first process is killed for it.
    Hog,
    /// A program that does not exist.
    Missing,
    /// A `config` block with a key that does not exist, named `no_such_key`.
    BadConfig,
}

/// Makes drivers and tasks for the suite.
pub trait Fixture: Send + Sync {
    /// Returns a driver as a fresh agent has it, on the same state as those returned before.
    fn driver(&self) -> Arc<dyn Driver>;

    /// Returns a new task that does what `script` says, or `None` if this kind of driver cannot do it.
    fn task(&self, script: &Script) -> Option<TaskConfig>;

    /// Returns whether tasks outlive the driver, so that [`Driver::recover`] can find them.
    fn survives(&self) -> bool;

    /// Returns the host's pids of processes that the task itself knows by these.
    fn host_pids(&self, task: &TaskConfig, pids: &[i32]) -> Vec<i32> {
        let _ = task;
        pids.to_vec()
    }

    /// Returns what is left of a task that was destroyed: processes, cgroups, directories. Empty when all is well.
    fn leftovers(&self, task: &TaskConfig) -> Vec<String>;
}
