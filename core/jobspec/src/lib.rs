//! Job files: HCL2 and JSON text in, draft job and located diagnostics out.
//!
//! The steps: `syntax` makes a tree of the text (hcl-edit parses, the JSON form has a reader of its
//! own), `variables` finds the values of variables and locals, `evaluate` and `functions` compute
//! expressions, `decode` walks the blocks and fills the model's drafts. `diagnostic` collects what is
//! wrong on the way, with places, so that one parse reports all mistakes of a file. The way back is short:
//! `format` lays texts out, `write` makes the text of a job.
//!
//! Must never do: I/O, read a clock or the environment, draw random numbers. Files are reached through
//! [`FileAccess`] only, and randomness comes as a seed. [`Limits`] bound what a hostile text can cost.

#![forbid(unsafe_code)]
#![warn(clippy::wildcard_enum_match_arm)]
#![warn(missing_docs)]

mod decode;
mod diagnostic;
mod duration;
mod evaluate;
mod example;
mod format;
mod functions;
mod limits;
mod nearest;
mod parse;
mod source;
mod span;
mod syntax;
mod values;
mod variables;
mod write;

pub use diagnostic::{Diagnostic, Diagnostics, RenderStyle, Severity, Stage};
pub use duration::{DurationError, parse_duration};
pub use example::{ExampleKind, example};
pub use format::format_text;
pub use functions::{FileAccess, FileAccessError};
pub use limits::Limits;
pub use parse::{Parsed, parse};
pub use source::{Format, Position, Source, SourceMap};
pub use span::{FileId, Span};
pub use variables::{Given, Inputs};
pub use write::{WriteError, shorten, write_job};
