//! The interface between the client and whatever runs tasks, and the suite that every driver passes.
//!
//! Plain data and one trait; no processes, no runtime. Drivers live in `drivers/builtin`, the caller in
//! `drivers/client`; what a driver must do is written down, and tested, in [`conformance`].

#![forbid(unsafe_code)]

pub mod config;
#[cfg(feature = "conformance")]
pub mod conformance;
mod contract;
mod error;
mod exec;
mod exit;
mod fingerprint;
mod handle;
pub mod signal;
mod stats;
mod task;

pub use contract::{BoxFuture, Capabilities, Driver, FsIsolation, StopRequest};
pub use error::{RecoverError, StartError, TaskError};
pub use exec::{ExecExit, ExecRequest, ExecSession, TerminalSize};
pub use exit::ExitResult;
pub use fingerprint::{Fingerprint, Health};
pub use handle::{HandleError, TaskHandle};
pub use stats::{CpuStats, MemoryStats, TaskStats};
pub use task::{ConfigMap, LogConfig, Resources, TaskConfig, TaskDirs, TaskId};
