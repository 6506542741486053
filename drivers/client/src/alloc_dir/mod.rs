//! The directory of an allocation: how it is laid out, made, browsed and removed.
//!
//! ```text
//!  <alloc_dir>/<id>/alloc/{data,logs,tmp}      shared by the tasks
//!  <alloc_dir>/<id>/<task>/{local,secrets,tmp} secrets is a tmpfs of mode 0700
//! ```

mod browse;
mod create;
mod layout;
mod remove;
mod sticky;

pub use browse::FileEntry;
pub(crate) use browse::{list, open, stat};
pub(crate) use create::{CreateError, create_alloc, create_task, write_payload};
pub(crate) use layout::AllocPaths;
pub(crate) use remove::{remove_alloc, remove_secrets};
pub(crate) use sticky::take_data;
