//! The tree of an expression.
//!
//! Purpose: what the parser builds and the evaluator walks.
//! Limits: chains of `and` and `or` are flat, so depth comes from nesting only.

use regex::Regex;

/// An expression.
#[derive(Debug)]
pub(super) enum Expression {
    /// All of them hold; evaluated from the left.
    And(Vec<Expression>),
    /// At least one holds; evaluated from the left.
    Or(Vec<Expression>),
    /// It does not hold.
    Not(Box<Expression>),
    /// A comparison.
    Match(Match),
    /// A condition on the entries of a collection.
    Collection {
        /// Whether one entry is enough.
        any: bool,
        /// The collection.
        selector: Selector,
        /// The names that stand for an entry inside.
        names: Names,
        /// The condition.
        inner: Box<Expression>,
    },
}

/// A comparison of a selected value.
#[derive(Debug)]
pub(super) struct Match {
    pub(super) selector: Selector,
    pub(super) operator: Operator,
    /// Whether the comparison is turned round (`!=`, `not in` …).
    pub(super) negated: bool,
}

/// What is compared.
#[derive(Debug)]
pub(super) enum Operator {
    /// `==`
    Equal(String),
    /// `in` and `contains`, which are the same with the sides swapped.
    In(String),
    /// `matches`
    Matches(Regex),
    /// `is empty`
    Empty,
    /// `is nil`
    Nil,
}

/// A way into a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Selector {
    pub(super) path: Vec<String>,
}

impl Selector {
    /// Returns the selector as errors name it.
    pub(super) fn pointer(&self) -> String {
        self.path.iter().map(|part| format!("/{part}")).collect()
    }
}

/// Names for the entries of a collection.
#[derive(Debug)]
pub(super) enum Names {
    /// One name: the value in a list, the key in a map.
    One(String),
    /// Two names: index or key, and value. `_` names nothing.
    Two(String, String),
}
