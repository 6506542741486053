//! The tables, one noun a file: how they are read, and how a writer changes them with their indexes.

mod alloc;
mod cluster;
mod deployment;
mod eval;
mod job;
mod job_record;
mod links;
mod node;
mod service;
mod summary;

pub(crate) use job::parent_of;
pub use job_record::{JobRecord, KEPT_SCALING_EVENTS, ScalingEvent};
pub(crate) use links::JobLinks;
pub(crate) use service::NameKey;
pub use summary::JobSummary;
