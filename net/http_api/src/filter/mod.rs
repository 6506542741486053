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

mod compiled;
mod error;
mod evaluate;
mod parse;
mod scan;
mod select;
mod syntax;

pub use compiled::{Filter, MAX_DEPTH, MAX_LEN, MAX_REGEX};
pub use error::{EvaluateError, ParseError};

#[cfg(test)]
mod tests;
