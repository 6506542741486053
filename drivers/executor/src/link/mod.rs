//! The agent's side: starting executors, finding them again, asking them.
//!
//! Everything here blocks for at most the bound of its call; async callers wrap it. Waiting is by descriptor: the
//! executor's pidfd becomes readable when the task has ended and its end is recorded.

mod attach;
mod command;
mod error;
mod launch;
mod leftovers;
mod request;

pub use attach::{Attached, Executor, Outcome, attach};
pub use command::RunningCommand;
pub use error::{LaunchError, LinkError};
pub use launch::{Program, launch};
pub use leftovers::{SweepReport, destroy, sweep};
