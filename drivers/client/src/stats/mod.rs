//! What the host and its tasks use.

mod alloc;
mod host;

pub use alloc::{AllocStats, TaskUsage, UsageOfTask};
pub(crate) use alloc::{Samples, alloc};
pub(crate) use host::host;
pub use host::{CpuCore, DiskStats, HostMemory, HostStats};
