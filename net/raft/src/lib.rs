//! Consensus: openraft on our own write-ahead log.
//!
//! Commands are opaque bytes ([`Encoded`]); what they mean is the [`Machine`]'s business, how they travel the
//! [`Transport`]'s, where they are kept the [`Disk`]'s. Nothing of openraft shows in the public interface, so that
//! only this crate has to be compiled with it.
//!
//! Limits: a command is at most [`MAX_COMMAND_BYTES`] long, proposals in flight are bounded in bytes by
//! [`Config::in_flight_bytes`], and every directory belongs to one region, one cluster and one process at a time.
//! This crate must never know the model: it decides nothing but the order of commands.
#![forbid(unsafe_code)]

mod command;
mod config;
mod consensus;
pub mod disk;
mod engine;
mod error;
mod identity;
mod machine;
mod member;
mod rpc;
mod snapshot;
mod transport;
mod wal;

pub use command::{Encoded, MAX_COMMAND_BYTES, Reply};
pub use config::{Config, Timing};
pub use consensus::{Barrier, Committed, Consensus, LeaderWatch, Leadership, MemberStatus, Role, Status};
pub use disk::{Disk, RealDisk};
pub use error::{FatalError, MembershipError, OpenError, ProposeError, ReadError, StartError};
pub use identity::{FORMAT, Identity};
pub use machine::{Frozen, Machine};
pub use member::{Member, NodeInfo, ServerId};
pub use transport::{Transport, Unreachable};
