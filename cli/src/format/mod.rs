//! Turning answers into text.
//!
//! Purpose: tables, key-value blocks, JSON, templates, times, sizes and the diff tree.
//! Limits: text in, text out; nothing here asks an agent or prints.

mod bytes;
mod colour;
mod diff;
mod duration;
mod go_time;
mod json;
mod key_value;
mod metrics;
mod names;
mod output;
mod page;
mod reasons;
mod sprig;
mod table;
mod template;

pub use bytes::{ibytes, mebibytes};
pub use colour::colour_diff;
pub use diff::{Detail, job_diff};
pub use duration::{Clock, go_duration};
pub use go_time::go_time;
pub use json::{canonical_json, ordered_json};
pub use key_value::KeyValue;
pub use metrics::metric_lines;
pub use names::{nearest, short_id};
pub use output::OutputArgs;
pub use page::PageArgs;
pub use reasons::why_lines;
pub use table::Table;
pub use template::{TemplateError, render_template};

/// What stands for an empty value.
pub const NONE: &str = "<none>";

/// How long ids are, and how times are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// Eight characters, times relative to now.
    Short,
    /// Whole ids, absolute times.
    Full,
}

impl Length {
    /// Returns the length that `-verbose` asks for.
    #[must_use]
    pub fn verbose(verbose: bool) -> Length {
        if verbose { Length::Full } else { Length::Short }
    }

    /// Returns an id in this length.
    #[must_use]
    pub fn id(self, id: &str) -> &str {
        match self {
            Length::Short => short_id(id),
            Length::Full => id,
        }
    }

    /// Returns a time in nanoseconds in this length.
    #[must_use]
    pub fn time(self, clock: &Clock, nanos: i64) -> String {
        match self {
            Length::Short => clock.relative(nanos),
            Length::Full => clock.absolute(nanos),
        }
    }
}
