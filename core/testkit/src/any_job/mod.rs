//! Jobs from a seed, for property tests: every block and field is reachable.
//!
//! [`any_draft`] makes whatever the API's JSON can hold, [`hcl_draft`] what a job file can say as well. The same
//! seed gives the same job. [`shrink`] takes away from a job that breaks a property what has no part in it.
//!
//! Limits: the jobs are well-typed, not sensible: validation refuses most of them.

mod draft;
mod hcl_form;
mod scalar;
mod seed;
mod shrink;

pub use draft::{any_draft, hcl_draft};
pub use hcl_form::hcl_form;
pub use seed::Seed;
pub use shrink::shrink;
