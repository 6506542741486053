//! Ways to an agent: TCP with or without TLS, unix socket, QUIC.
//!
//! Limits: addresses, TLS settings and connections only; what is asked is not known here.

mod address;
mod dial;
mod pool;
mod quic;
mod tls;
mod verify;

pub use address::{Address, AddressError};
pub(crate) use pool::{SendError, Transport};
pub use tls::{TlsFiles, TlsSetupError};
