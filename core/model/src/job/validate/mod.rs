//! What is wrong with a job, all of it at once. One noun a file.
//!
//! Texts follow the layout that clients of the API know: a count, then one line an error, nested by group and
//! task. Limits: looks at the job alone; whether its namespace and node pool exist is the server's to check.

mod admission;
mod bounds;
mod constraint;
mod doubts;
mod files;
mod group;
mod identity;
mod job;
mod network;
mod periodic;
mod policy;
mod report;
mod service;
mod task;
mod volume;

pub use report::Report;

pub(super) use report::Problems;
