//! Jobs to HCL: the text that, parsed, gives the job again.
//!
//! `body.rs` walks the model's tables of fields, so that a field of the model is written without a word here;
//! `names.rs` lists only where HCL calls or shapes something differently. `free_form.rs` writes what has no
//! schema, `text.rs` strings, `duration.rs` durations. `shorten.rs` drops
//! what a server fills in. The layout is that of [`format_text`](crate::format_text).
//!
//! Limits: what a server keeps of a job (status, indexes, versions) is no part of its text. JSON can hold more
//! than HCL can say; [`WriteError`] names what is left.

mod body;
mod duration;
mod free_form;
mod names;
mod shorten;
mod text;
mod write_job;

pub use shorten::shorten;
pub use write_job::{WriteError, write_job};
