//! Variables and locals: declared in the file, given by the caller, checked before anything is decoded.
//!
//! Limits: values come as inputs; nothing here reads the environment or a file.

mod assign;
mod declare;
mod inputs;
mod kind;
mod locals;
mod validate;

pub(crate) use assign::{InputTexts, assign_variables};
pub(crate) use declare::declare_variables;
pub use inputs::{Given, Inputs};
pub(crate) use kind::read_kind;
pub(crate) use locals::resolve_locals;
pub(crate) use validate::validate_variables;
