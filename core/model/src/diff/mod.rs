//! What changed between two versions of a job, as `job plan` and `/v1/job/:id/versions` show it.
//!
//! The walk is generic: documents become JSON, and [`shape`] says of each which fields count, which nested
//! documents are shown under which name, and how their lists are matched. A nested object shows its unchanged
//! fields too; jobs, groups and tasks show changed ones only.

mod annotate;
mod config;
mod entry;
mod job;
mod matching;
mod object;
mod shape;

pub use entry::{DiffType, FieldDiff, GroupDiff, JobDiff, ObjectDiff, TaskDiff};
pub use job::job_diff;
