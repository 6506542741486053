//! Builders and doubles for tests.
//!
//! The builders give small, valid records with fixed ids; a test changes the fields it is about. The same
//! arguments give the same record.
//!
//! Must never do: be a dependency of anything that is not a test.

#![forbid(unsafe_code)]
#![warn(clippy::wildcard_enum_match_arm)]
#![warn(missing_docs)]

mod alloc;
mod any_job;
mod deployment;
mod eval;
mod job;
mod node;
mod plan;

pub use alloc::{alloc, alloc_id, finished, running};
pub use any_job::{Seed, any_draft, hcl_draft, hcl_form, shrink};
pub use deployment::{deployment, deployment_id};
pub use eval::{eval, eval_id};
pub use job::{batch_job, group, job, system_job, task};
pub use node::{big_node, node, node_id};
pub use plan::{placement, plan, plan_of};
