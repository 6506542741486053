//! Every write there is, and how it changes the state. One noun a file.

mod alloc_updates;
mod carry_out;
mod cluster;
mod command;
mod deployments;
mod deregister_job;
mod evals;
mod gc;
mod job_status;
mod job_tags;
mod job_versions;
mod launch_job;
mod nodes;
mod placements;
mod plans;
mod register_job;
mod reply;
mod restore;
mod services;
mod summaries;
mod transitions;

pub use command::{Command, Entry, GcBatch, JobRegistration, PlanCommit, RegisteredBy, Table};
pub use reply::{Applied, ApplyError, Change, Reply};
pub(crate) use restore::Restoring;
pub use restore::{MAX_RESTORE_BYTES, PIECE_BYTES, Piece};
