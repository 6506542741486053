//! Following an evaluation and its deployment until they settle.
//!
//! Purpose: the monitor of `job run` and `job stop`. What is said is decided in [`EvalMonitor`]; `monitor` asks and
//! prints.
//! Limits: ends with the deployment; a placement that failed ends it at once.

mod deployment;
mod drain;
mod eval;
mod monitor;

pub use deployment::deployment_block;
pub use drain::DrainMonitor;
pub use eval::{EvalMonitor, Verdict};
pub(crate) use monitor::{Monitor, monitor_deployment, say};
