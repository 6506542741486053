//! Two endpoints on loopback: who gets in, what frames and HTTP do on the way.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod admission;
mod alive;
mod cluster;
mod frames;
mod http;
mod pool;
mod restart;
