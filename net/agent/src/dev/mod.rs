//! `nomadctl dev`: servers and clients of one cluster in one process, with the production code over QUIC on
//! loopback.
//!
//! Everything is kept below one directory, made for the cluster and removed with it unless it is to persist. A
//! start first sweeps what killed predecessors left. Limits: at most [`MAX_AGENTS`] agents and
//! [`MAX_SIM_NODES`] simulated nodes.

mod options;
mod owner;
mod share;
mod start;

pub use options::{DevOptions, MAX_AGENTS, MAX_SIM_NODES};
pub use start::{DevCluster, DevReport};
