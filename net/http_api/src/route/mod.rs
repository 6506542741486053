//! The route table.
//!
//! Purpose: every endpoint is one [`Route`] with its capability, scope and filter; the table can be listed, so
//! tests can hold it against the specification.
//! Limits: no request is served that the table does not know. Paths are matched after decoding, as Nomad's
//! clients expect: ids may hold `/`.

mod entry;
mod path;
mod pattern;
mod table;

pub use entry::{Filter, Handler, HandlerFuture, Method, Reach, Route, handler};
pub use path::{Cleaned, clean};
pub use pattern::{Params, Pattern};
pub use table::{Found, RouteTable};
