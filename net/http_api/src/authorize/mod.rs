//! Who asks and what they may do.
//!
//! Purpose: every route names a capability and a scope; the framework checks them before the handler runs and
//! hands it an [`Authorized`], which only this module can make. Lists leave as [`Filtered`], likewise.
//! Limits: what a token allows is the business of a [`Permit`]; this module only asks.

mod authorized;
mod caller;
mod capability;
mod permit;

pub use authorized::{Authorized, Filtered};
pub use caller::{Caller, Token};
pub use capability::{Capability, Scope};
pub use permit::{Management, On, Permit};

pub(crate) use authorized::authorize;
