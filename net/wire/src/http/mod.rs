//! HTTP/1.1 over QUIC streams, one exchange per stream.
//!
//! Purpose: serve any axum router on a connection, send requests on it, and pass a request on to another agent
//! ([`proxy`]), WebSockets and endless bodies included. Both sides of a connection can serve and ask: servers
//! reach clients behind NAT on the connection that the client opened.
//! Limits: request heads have 64 KiB and 10 s at most; bodies are streamed and never collected here; a request
//! is never sent twice. A peer that goes away cancels its handler at once.

mod door;
mod exchange;
mod headers;
mod proxy;
mod serve;

pub use door::Door;
pub use exchange::{ExchangeError, request};
pub use proxy::proxy;
pub use serve::{CarriesHttp, accept_loop};
