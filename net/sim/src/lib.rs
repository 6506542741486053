//! The whole cluster in one seeded simulation: production consensus, its log and the control plane, on virtual time.
//!
//! ```text
//! clients ─→ servers (raft, unchanged) ─→ modelled disks     chaos: crashes, power cuts, partitions, loss
//!               ↕ modelled network                            oracle: one history, nothing acknowledged is lost,
//!                                                                     no stale read, everything heals
//! ```
//! Everything comes from one seed: the same seed gives the same [`Report`], down to the hash of its trace. A [`Subject`]
//! is the machine that is simulated: [`ControlPlane`] is what ships, [`Counter`] the simplest one. Limits: only for
//! development; one thread, no real clock, file or socket.
#![forbid(unsafe_code)]

mod chaos;
mod control_plane;
mod counter;
mod host;
pub mod hunt;
mod invariants;
mod network;
mod observed;
mod operator;
mod oracle;
mod plant;
mod random;
mod report;
mod run;
mod subject;
mod trace;
mod workload;
mod world;

pub use control_plane::{ControlPlane, Ledger};
pub use counter::Counter;
pub use plant::Plant;
pub use random::Random;
pub use report::Report;
pub use run::{Faults, Options, run, run_with};
pub use subject::{Boot, Site, Subject};
