//! A state as a stream of bytes, and back.
//!
//! ```text
//! magic, format byte, then frames:   kind u8 │ rows u32 LE │ bytes u32 LE │ rows in MessagePack
//! root, namespaces, node pools, nodes, job versions, submissions, summaries, evaluations, deployments,
//! then passes and allocations in turn (a pass before the allocations that refer to it), services, pieces of a
//! restore that is on its way, then the end
//! ```
//!
//! Documents have named fields. Allocations are compact rows that refer to their job version and pass by
//! position. Secondary indexes and node columns are not written: reading makes them anew.
//!
//! Bounds: a frame is cut at [`FRAME_BYTES`] and refused beyond [`MAX_FRAME_BYTES`]; reading holds one frame.
//! Checksums and files are the caller's. Format 0 may still change; others are refused by number.

mod alloc_row;
mod census;
mod frame;
mod hash;
mod read;
mod write;

pub use census::{Census, census};
pub use frame::{FRAME_BYTES, MAX_FRAME_BYTES, SNAPSHOT_FORMAT};
pub use read::ReadError;
pub use write::WriteError;
