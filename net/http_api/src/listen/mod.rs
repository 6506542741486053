//! The three doors.
//!
//! Purpose: serve the one API over TCP (with or without TLS), a unix socket and QUIC connections. Each puts a
//! [`Door`](wire::http::Door) on its requests.
//! Limits: connections are capped in total and per address; a request's head has 64 KiB and 120 s, which is also
//! how long an idle connection is kept. A listener ends, with all its connections, when its future is dropped.

mod connection;
mod limit;
mod quic;
mod tcp;
mod tls;
mod unix;

pub use limit::Limits;
pub use quic::serve_quic;
pub use tcp::{TcpConfig, serve_tcp};
pub use tls::{TlsError, TlsFiles, tls_config};
pub use unix::{UnixError, bind_unix, serve_unix};
