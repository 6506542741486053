//! Located findings of a parse: how they are collected and how they are printed.
//!
//! `report.rs` collects, `render.rs` prints. Limits: the number kept is bounded by
//! [`Limits`](crate::Limits); nothing here decides what is an error.

mod finding;
mod render;
mod report;

pub use finding::{Diagnostic, Diagnostics, Severity, Stage};
pub use render::RenderStyle;
pub(crate) use report::{Failed, Report};
