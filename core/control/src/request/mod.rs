//! Requests of people and clients, turned into commands: pure functions of a snapshot, the time and the request.
//!
//! They check what can be answered without the log, so that a mistake costs nothing; what must hold when the
//! command is carried out is checked by `apply` again. One noun a file.

mod alloc;
mod deployment;
mod error;
mod job;
mod job_version;
mod launch;
mod node;
mod plan;
mod scale;

pub use alloc::{StopAlloc, stop_alloc, update_allocs};
pub use deployment::{fail_deployment, pause_deployment, promote_deployment};
pub use error::RequestError;
pub use job::{DeregisterJob, EvaluateJob, RegisterJob, deregister_job, evaluate_job, register_job};
pub use job_version::{RevertJob, revert_job, set_stability};
pub use launch::{Dispatch, DispatchJob, LaunchError, MAX_PAYLOAD, dispatch_job, force_launch};
pub use node::{DrainNode, drain_node, purge_node, register_node, set_eligibility, set_status};
pub use plan::{PlanReport, plan_job, planned_state};
pub use scale::{ScaleError, ScaleJob, scale_job};

pub(crate) use alloc::merge_updates;
pub(crate) use deployment::follow_up;
pub(crate) use job::eval_of;
