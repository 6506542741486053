//! Control groups of v1, v2 and hybrid hosts behind one [`Group`].
//!
//! v1 and v2 mirror each other: `group.rs`, `limits.rs`, `stats.rs`. On a hybrid host the v1 controllers hold the
//! limits and a parallel group below the unified mount holds the life cycle (kill, populated); see `hybrid.rs`.

mod error;
mod group;
mod hybrid;
mod kill;
mod limits;
mod mode;
mod name;
mod stats;
mod sweep;
mod tree;
pub mod v1;
pub mod v2;

pub use error::CgroupError;
pub use group::Group;
pub use limits::{CpuQuota, Limits};
pub use mode::{Controller, Hierarchies, Mode};
pub use name::GroupName;
pub use stats::{Events, Stats};
pub use sweep::{SweepReport, sweep};
