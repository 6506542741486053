//! Fills in what a draft leaves open, as the HTTP API's `Canonicalize` does: one file per noun.
//!
//! Limits: only defaults that need no server: those of regions, node pools and datacenters, and the
//! server's own bookkeeping, come at registration. Running it twice changes nothing more.

mod fill;
mod group;
mod job;
mod policy;
mod service;
mod task;
