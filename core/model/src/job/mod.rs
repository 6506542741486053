//! The job: what people ask the cluster to run. A cold document, one file per noun.

mod admit;
mod canonicalise;
mod connect;
mod constraint;
mod describe;
mod disk;
mod gateway;
mod group;
mod identity;
mod job_document;
mod launch;
mod network;
mod policy;
mod resources;
mod service;
mod support;
mod task;
mod template;
mod validate;

pub use connect::*;
pub use constraint::*;
pub use describe::{JobKind, JobStatus, ParseJobKindError};
pub use disk::*;
pub use gateway::*;
pub use group::*;
pub use identity::*;
pub use job_document::*;
pub use launch::{Schedule, ScheduleError};
pub use network::*;
pub use policy::*;
pub use resources::*;
pub use service::*;
pub use support::Unsupported;
pub use task::*;
pub use template::*;
pub use validate::Report as JobReport;
