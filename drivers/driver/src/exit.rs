//! How a task ended.

use serde::{Deserialize, Serialize};

/// The end of a task.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExitResult {
    /// Its exit code; 0 if a signal killed it.
    pub exit_code: i32,
    /// The signal that killed it; 0 otherwise.
    pub signal: i32,
    /// Whether the kernel killed it for lack of memory.
    pub oom_killed: bool,
    /// Why the driver does not know better; the other fields then mean nothing.
    pub err: Option<String>,
    /// When it ended, in nanoseconds since the epoch.
    pub finished_ns: u64,
}

impl ExitResult {
    /// Returns whether the task did what it should.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.exit_code == 0 && self.signal == 0 && self.err.is_none()
    }
}
