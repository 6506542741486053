//! What the host and its tasks use.

mod alloc;
mod host;

pub use alloc::{AllocStats, TaskUsage, UsageOfTask};
pub(crate) use alloc::{Samples, alloc};
pub use host::{CpuCore, DiskStats, HostMemory, HostStats};
pub(crate) use host::{disk, host};
