//! The v1 side: one directory per controller.

mod group;
mod limits;
mod stats;

pub use group::Group;
