//! The drivers that ship inside the binary.
//!
//! Each is a folder with the same files: `config.rs` (the job's block), `driver.rs` (the trait), `handle.rs` (what
//! finds a task again), `fingerprint.rs`, `tests.rs`. None of them decides about restarts or allocations.

#![forbid(unsafe_code)]

mod clock;
pub mod exec;
mod executed;
pub mod java;
pub mod mock;
pub mod raw_exec;
mod task_name;

pub use exec::{Exec, ExecOptions, ExecSettings};
pub use java::java;
pub use mock::{Mock, MockOptions};
pub use raw_exec::{RawExec, RawExecOptions, RawExecSettings};
