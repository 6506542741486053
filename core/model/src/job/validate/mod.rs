//! What is wrong with a job, all of it at once. One noun a file.
//!
//! Texts follow the layout that clients of the API know: a count, then one line an error, nested by group and
//! task. Limits: looks at the job alone; whether its namespace and node pool exist is the server's to check.

mod constraint;
mod group;
mod job;
mod policy;
mod report;
mod task;

pub use report::Report;

pub(super) use report::Problems;
