//! Evaluates expressions: one file for each kind of expression.
//!
//! Limits: every expression and every byte made counts against the budget. A failed evaluation leaves
//! its findings in the report; sub-expressions are evaluated on, so that one pass finds all mistakes.

mod access;
mod call;
mod expression;
mod iterate;
mod operator;
mod scope;
mod template;

pub(crate) use expression::{Environment, Evaluator};
pub(crate) use iterate::entries_of;
pub(crate) use scope::Scope;
