//! `mock_driver`: tasks that are only plans, with every way of failing. Simulated nodes run thousands of them.
//!
//! A task costs no process, and no timer unless somebody waits for it or it prints.

mod config;
mod driver;
mod fingerprint;
mod handle;
mod output;
mod plan;
#[cfg(test)]
mod tests;

pub use driver::{Mock, MockOptions};
