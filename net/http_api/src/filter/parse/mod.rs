//! Reading expressions.
//!
//! Purpose: the grammar.
//!
//! ```text
//! or       = and { space "or" space and }
//! and      = not { space "and" space not }
//! not      = "not" space not | "(" or ")" | collection | match
//! collection = ("any" | "all") space selector space "as" space names "{" or "}"
//! match    = selector ("==" | "!=" | "contains" | "matches" …) value
//!          | selector "is" ["not"] ("empty" | "nil") | value ["not"] "in" selector
//! selector = ident { "." ident | "." digits | "[" string "]" } | '"' pointer '"'
//! value    = selector | number | string
//! ```
//!
//! Limits: alternatives are tried in order and go back on failure, at most three deep at a place, so the time is
//! linear in the length.

mod expression;
mod parser;
mod term;

pub(super) use parser::parse;
