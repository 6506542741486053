//! The nouns of the system: cold documents, hot records, ids and time.
//!
//! A *document* ([`document!`]) is declared once and yields its canonical form, its draft, its JSON and its
//! table of fields: jobs, namespaces, node pools. A *record* is compact and internal: nodes, allocations,
//! evaluations. What the API shows of a record is a view made elsewhere, when somebody asks.
//!
//! Must never do: I/O, read a clock, draw random numbers, depend on another crate of ours.

#![forbid(unsafe_code)]
#![warn(clippy::wildcard_enum_match_arm)]
#![warn(missing_docs)]

mod alloc;
mod ask;
mod autopilot;
mod cluster;
mod deployment;
pub mod diff;
pub mod document;
mod eval;
mod id;
mod job;
pub mod link;
mod node;
mod placement_columns;
mod plan;
mod service;
mod time;
mod word;

pub use alloc::*;
pub use ask::*;
pub use autopilot::*;
pub use cluster::*;
pub use deployment::*;
pub use eval::*;
pub use id::*;
pub use job::*;
pub use node::*;
pub use plan::*;
pub use service::*;
pub use time::*;
pub use word::ParseWordError;
