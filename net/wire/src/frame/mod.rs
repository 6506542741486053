//! Calls over streams, in frames with a length cap.
//!
//! Purpose: one call per bidirectional stream: a request frame one way, one or more answer frames back. The raft
//! protocol sends opaque bytes ([`call_bytes`], [`serve_bytes`]); the others declare a [`Request`] per protocol
//! and send it as MessagePack with named fields, so that servers of two versions understand each other.
//!
//! ```text
//! caller:   version (1 byte)  length (u32, big endian)  body
//! callee:   { length (u32)  kind (1 byte: 0 answer, 1 refusal)  body }*  end of stream
//! ```
//!
//! Limits: a frame above the cap is refused before it is read; a body takes memory only as it arrives; the
//! request frame must be there within 10 s; refusal texts have 4 KiB at most. Dropping a call cancels its
//! handler on the other side.

mod call;
mod codec;
mod error;
mod request;
mod serve;

pub use call::{Answers, call, call_bytes, call_stream};
pub use error::{CallError, FrameError, Refusal};
pub use request::Request;
pub use serve::{Answer, Handler, serve, serve_bytes};
