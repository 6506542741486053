//! What commands show, as text.
//!
//! Purpose: one function per answer, so that tests feed recorded answers and compare texts.
//! Limits: nothing is asked and nothing is printed here.

mod agent_info;
mod alloc;
mod alloc_tasks;
mod autopilot;
mod cluster;
mod deployment;
mod eval;
mod explain;
mod files;
mod job;
mod job_list;
mod node;
mod node_list;
mod plan;
mod scaling;
mod server;
mod service;
mod snapshot;
mod stats;
mod version;
mod what_if;

pub use agent_info::agent_info;
pub use alloc::{AllocPage, alloc_short, alloc_status, alloc_table};
pub use autopilot::{autopilot_config, autopilot_health};
pub use cluster::{
    namespace, namespace_list, node_pool, node_pool_list, pool_job_list, pool_node_list, scheduler_config,
};
pub use deployment::deployment_list;
pub use eval::{eval_list, eval_status};
pub use explain::{explained, planned};
pub use files::{file_list, file_stat};
pub use job::{JobPage, job_status, summary_table};
pub use job_list::job_list;
pub use node::{NodePage, node_status};
pub use node_list::{NodeColumns, node_list};
pub use plan::{PlanPage, plan, plan_why, warnings_block};
pub use scaling::{scaling_policy, scaling_policy_list};
pub use server::{members, raft_peers};
pub use service::{service_info, service_list, service_names};
pub use snapshot::snapshot_contents;
pub use version::{VersionPage, job_version, scaling_events};
pub use what_if::what_if;

pub use crate::follow::{DrainMonitor, EvalMonitor, Verdict, deployment_block};
