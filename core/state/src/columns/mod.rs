//! Node columns: what the scheduler scans, as a structure of arrays.
//!
//! Every node has a *slot*. Slots lie in chunks of [`CHUNK`] rows; a chunk is one allocation of arrays aligned
//! for SIMD loads, shared between snapshots and copied when it changes. `apply` keeps the columns current: an
//! allocation holds its room until its client is done with it, whatever the server wants of it.
//!
//! Reading: [`State::columns`](crate::State::columns), then [`NodeColumns::chunks`] for a scan (rows that hold
//! no node have [`NodeChunk::ready`] 0 and [`NodeId::NONE`](model::NodeId::NONE)), [`NodeColumns::slot`] and
//! [`NodeColumns::row`] for one node, [`NodeColumns::held`] for ports, cores and devices in use,
//! [`NodeColumns::memo`] for what follows from the nodes alone.
//!
//! Limits: slots say nothing about order and differ between servers, so no decision may depend on them.
//! Quantities are whole MHz, MB and Mbit/s as `i32`; capacities beyond 2³¹−1 count as that.

mod chunk;
mod held;
mod keep;
mod memo;
mod node_columns;
mod room;

pub use chunk::{CHUNK, NodeChunk, RoomColumns};
pub use held::{Held, HeldDevice, HeldPort};
pub use memo::Memo;
pub use node_columns::{NodeColumns, NodeRow};
pub use room::Room;
