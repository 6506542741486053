//! The API behind its three doors, with real sockets on loopback.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod agent;
mod quic;
mod routes;
mod tcp;
mod unix;
