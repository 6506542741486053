//! Every write there is, and how it changes the state. One noun a file.

mod command;
mod reply;

pub use command::{Command, Entry, GcBatch, JobRegistration, PlanCommit, Table};
pub use reply::{Applied, ApplyError, Change, Reply};
