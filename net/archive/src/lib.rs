//! A saved state as one file that people keep, move and restore.
//!
//! ```text
//! gzip( tar( meta.json │ state.bin │ SHA256SUMS ) )
//! ```
//! `state.bin` is what `State::write_snapshot` writes; `meta.json` says of when and where it is; the sums cover both.
//! Reading checks every byte before anything is given out: a file that was cut or damaged is refused with what is
//! wrong with it.
//!
//! To load a state from such a file without any server, call [`load`]; to look at it without loading, [`inspect`].
//!
//! Limits: a state of at most [`state::apply::MAX_RESTORE_BYTES`], in format 1 of this layout. Must never talk to a
//! server.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod error;
mod meta;
mod read;
mod summed;
mod write;

pub use error::{ReadError, WriteError};
pub use meta::{Meta, Origin};
pub use read::{Inspected, Saved, inspect, load, read};
pub use write::write;

/// The layout that this version writes and reads.
pub const FORMAT: u32 = 1;

/// Names of the files in an archive.
const META: &str = "meta.json";
const STATE: &str = "state.bin";
const SUMS: &str = "SHA256SUMS";

/// The largest description and the largest list of sums, in bytes.
const MAX_SMALL: u64 = 64 << 10;
