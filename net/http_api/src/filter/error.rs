//! What is wrong with a filter.
//!
//! Purpose: texts that clients of the original see.
//! Limits: none.

/// An expression that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// It is not of the language.
    #[error("failed to read filter expression: {0}")]
    Syntax(String),
    /// It is longer or deeper than allowed.
    #[error("failed to read filter expression: {0}")]
    Limit(String),
    /// A regular expression in it cannot be compiled.
    #[error("failed to read filter expression: failed to compile regular expression {pattern:?}: {reason}")]
    Regex {
        /// The regular expression.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// An expression that does not fit the documents.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvaluateError {
    /// A selector leads nowhere.
    #[error("error finding value in datum: {0}")]
    Select(String),
    /// A literal is not of the value's type.
    #[error("error getting match value in expression: {0}")]
    Literal(#[from] crate::query::ScalarError),
    /// The operator is not for values of this type.
    #[error("cannot perform {operation} operations on type {found} for selector: {selector:?}")]
    Operator {
        /// The operator.
        operation: &'static str,
        /// The type of the value.
        found: &'static str,
        /// The selector.
        selector: String,
    },
}
