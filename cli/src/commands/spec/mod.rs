//! Small HCL files that describe one thing of the cluster: a namespace, a node pool.
//!
//! Limits: at most 1 MiB; values are literals, without functions and variables; names that are not known are refused
//! with the nearest one.

mod body;
mod read;

pub(super) use body::Spec;
pub(super) use read::{from_json, read};
