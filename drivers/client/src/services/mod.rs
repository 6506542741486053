//! Services of an allocation: what of them is registered, and the checks that tell whether they work.
//!
//! Every service is registered with our own servers, also one whose provider is Consul: this client has no Consul
//! agent. Limits: checks by HTTP and TCP.

mod check;
mod offer;
mod results;
mod watch;

pub(crate) use check::CheckSpec;
pub(crate) use offer::{notes, offers};
pub(crate) use results::Results;
pub use results::{CheckResult, CheckStatus};
pub(crate) use watch::Watch;
