//! What commands show, as text.
//!
//! Purpose: one function per answer, so that tests feed recorded answers and compare texts.
//! Limits: nothing is asked and nothing is printed here.

mod agent_info;
mod alloc;
mod alloc_tasks;
mod deployment;
mod eval;
mod files;
mod job;
mod job_list;
mod node;
mod node_list;
mod plan;
mod server;

pub use agent_info::agent_info;
pub use alloc::{AllocPage, alloc_short, alloc_status, alloc_table};
pub use deployment::deployment_list;
pub use eval::{eval_list, eval_status};
pub use files::{file_list, file_stat};
pub use job::{JobPage, job_status};
pub use job_list::job_list;
pub use node::{NodePage, node_status};
pub use node_list::{NodeColumns, node_list};
pub use plan::{PlanPage, plan, warnings_block};
pub use server::{members, raft_peers};

pub use crate::follow::{EvalMonitor, Verdict, deployment_block};
