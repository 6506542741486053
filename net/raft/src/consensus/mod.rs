//! One server of the group, as its owner uses it.
//!
//! [`Consensus`] hides the runtime and everything of openraft behind one object-safe interface, so that crates that use
//! it need not be compiled with openraft; [`Consensus::start_on`] takes any runtime, production's is tokio.
mod core;
mod handle;
mod leadership;
mod membership;
mod node;
mod propose;
mod read;
mod serve;
mod start;
mod status;

pub use handle::Consensus;
pub use leadership::{LeaderWatch, Leadership};
pub use propose::Committed;
pub use read::Barrier;
pub use status::{MemberStatus, Role, Status};
