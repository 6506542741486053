//! The functions of the job language: `table.rs` lists them, the other files hold their bodies by subject.
//!
//! Limits: a body gets converted arguments and answers a value or a reason. Bodies that can make much
//! out of little ask the context for room first. Files are reached through [`FileAccess`] only.

mod collection;
mod context;
mod csv;
mod encoding;
mod file_access;
mod filesystem;
mod format;
mod glob;
mod hash;
mod json;
mod mapping;
mod math;
mod network;
mod regex;
mod rsa;
mod set;
mod signature;
mod string;
mod table;
mod time;
mod time_format;
mod verb;
mod yaml;
mod yaml_write;

pub(crate) use context::FunctionContext;
pub use file_access::{FileAccess, FileAccessError};
pub(crate) use json::value_to_json;
pub(crate) use regex::LastPattern;
pub(crate) use signature::{Function, FunctionError, Wanted};
pub(crate) use table::{find_function, function_names};
