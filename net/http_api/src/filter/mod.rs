//! Filter expressions.
//!
//! Purpose: the expression language of `?filter=` (the one of the go-bexpr library), evaluated over the JSON of
//! the full object.
//!
//! ```text
//! Status == "running" and (Type != batch or "web" in Meta.owner)
//! any TaskGroups as tg { tg.Count == 1 and tg.Name matches "^api" }
//! Meta["a.b"] is not empty and not ParameterizedJob is nil
//! ```
//!
//! Limits: an expression has [`MAX_LEN`] bytes and nests [`MAX_DEPTH`] deep; a compiled regular expression takes
//! [`MAX_REGEX`] bytes. Evaluation looks at each value once per comparison and cannot loop otherwise.

mod error;
mod evaluate;
mod parse;
mod scan;
mod select;
mod syntax;

pub use error::{EvaluateError, ParseError};

use serde_json::Value;

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

#[cfg(test)]
mod tests;
