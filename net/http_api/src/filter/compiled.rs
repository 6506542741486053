//! A filter that has been read once and can be asked often.
//!
//! Purpose: the face of the module.
//! Limits: those of the constants below.

use serde_json::Value;

use super::error::{EvaluateError, ParseError};
use super::{evaluate, parse, syntax};

/// Longest expression in bytes.
pub const MAX_LEN: usize = 16 << 10;
/// Deepest nesting of groups, negations and collections.
pub const MAX_DEPTH: usize = 64;
/// Largest compiled regular expression in bytes.
pub const MAX_REGEX: usize = 1 << 20;

/// A parsed expression.
#[derive(Debug)]
pub struct Filter(syntax::Expression);

impl Filter {
    /// Parses an expression.
    pub fn parse(text: &str) -> Result<Filter, ParseError> {
        parse::parse(text).map(Filter)
    }

    /// Parses an expression, unless there is none.
    pub fn parse_optional(text: &str) -> Result<Option<Filter>, ParseError> {
        if text.is_empty() { Ok(None) } else { Filter::parse(text).map(Some) }
    }

    /// Tells whether a document fits.
    pub fn matches(&self, document: &Value) -> Result<bool, EvaluateError> {
        evaluate::evaluate(&self.0, document)
    }
}
