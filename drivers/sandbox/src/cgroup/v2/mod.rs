//! The v2 side: one directory in the unified hierarchy.

mod group;
mod limits;
mod stats;

pub use group::Group;
