//! `job restart`: some allocations at a time, in place or by replacing them.
//!
//! `choose.rs` decides which and in which batches, `run.rs` does it.

mod choose;
mod run;

pub(super) use run::RestartArgs;
