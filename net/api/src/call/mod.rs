//! What goes into a request and what comes out as a stream.
//!
//! Limits: encoding and decoding only; nothing is sent from here.

mod encode;
mod frames;
mod query;

pub(crate) use encode::segment;
pub use frames::{FrameReader, FrameText, LogStream, StreamFrame};
pub use query::{JobQuery, LogOrigin, LogQuery, Query};
