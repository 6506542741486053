//! The client's machines: what an allocation and its tasks do next.
//!
//! [`AllocMachine`] is the one that the client runs: an [`alloc::Event`] in, [`alloc::Action`]s out. It holds a
//! [`TaskMachine`] for each task. [`reattach`] decides what becomes of the tasks that an earlier agent started,
//! [`gc`] which directories of ended allocations go.
//!
//! Must never do: I/O, read a clock, draw random numbers, start a thread.

#![forbid(unsafe_code)]
#![warn(clippy::wildcard_enum_match_arm)]
#![warn(missing_docs)]

pub mod alloc;
pub mod gc;
pub mod health;
pub mod hook_order;
pub mod offer;
pub mod reattach;
pub mod restart;
pub mod task;

pub use alloc::AllocMachine;
pub use hook_order::Phase;
pub use task::TaskMachine;
