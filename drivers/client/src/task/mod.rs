//! One task of an allocation, from its block to what a driver starts.

mod context;
mod env;
mod interpolate;
mod prepare;
mod resolve;
mod unsupported;

pub(crate) use context::AllocContext;
pub(crate) use env::service_environment;
pub(crate) use interpolate::Scope;
pub(crate) use prepare::prepare;
pub(crate) use resolve::resolve;
pub(crate) use unsupported::unsupported_in_group;
