//! What `apply` promises, table by table, and what holds after any sequence of commands.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod allocs;
mod cluster;
mod codec;
mod columns;
mod deployments;
mod events;
mod garbage;
mod jobs;
mod launches;
mod nodes;
mod plans;
mod random;
mod restore;
mod services;
mod snapshot;
mod watches;
mod world;
