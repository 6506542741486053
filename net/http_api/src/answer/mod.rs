//! Answers.
//!
//! Purpose: JSON and other bodies with the headers that clients read.
//! Limits: bodies are whole, except streams; only whole ones are compressed.

mod compress;
mod pretty;
mod render;
mod reply;

pub use reply::{ContactMeta, Meta, Reply, ReplyBody};

pub(crate) use render::{Wishes, render, render_error};
