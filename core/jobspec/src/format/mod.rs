//! The canonical layout of HCL text, the same that `nomad fmt` gives it.
//!
//! The text is cut into tokens that keep every byte; only the white space between tokens of a line changes:
//! the indent follows the brackets, tokens stand one space apart or none, and `=` and trailing comments of
//! neighbouring lines are aligned. Line breaks, comments, strings and heredocs stay as they are.
//!
//! Limits: white space and the order of nothing else; native syntax only. A text that does not parse is refused.

mod align;
mod format_text;
mod heredoc;
mod indent;
mod lexeme;
mod line;
mod scan;
mod space;
mod token;

pub use format_text::format_text;
pub(crate) use format_text::layout;
pub(crate) use heredoc::heredocs;
