//! What differs between kinds of jobs.

mod batch;
mod generic;
mod service;
mod stay;
mod sysbatch;
mod system;
mod system_diff;
mod system_plan;

pub(crate) use batch::batch;
pub(crate) use service::service;
pub(crate) use sysbatch::sysbatch;
pub(crate) use system::system;
