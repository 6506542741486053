//! Benchmarks of the real binary, beside the goals of the design and what Nomad needs.
//!
//! Limits: one binary on this machine, over loopback. A figure is the median of a few runs; nothing is averaged
//! over machines, and a missed goal is shown but is no failure.

mod cluster;
mod connections;
mod control;
mod dev;
mod dev_cluster;
mod disk;
mod fleet;
mod http;
mod jobspec;
mod load;
mod process;
mod scheduler;
mod server;
mod table;

pub(crate) use cluster::cluster;
pub(crate) use connections::connections;
pub(crate) use control::control;
pub(crate) use dev::dev;
pub(crate) use jobspec::jobspec;
pub(crate) use scheduler::scheduler;
