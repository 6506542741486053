//! Query parameters.
//!
//! Purpose: read them as the API's clients send them, and refuse bad ones in the words they expect.
//! Limits: a query is part of the request head, so it has 64 KiB at most.

mod duration;
mod of_request;
mod parameters;
mod scalar;

pub use duration::parse_duration;
pub use of_request::{ALL_NAMESPACES, Consistency, DEFAULT_NAMESPACE, Query};
pub use parameters::Parameters;
pub(crate) use parameters::percent_decode;
pub use scalar::{ScalarError, parse_bool, parse_int, parse_uint};
