//! The HTTP API: one router behind three doors, TCP, unix socket and QUIC.
//!
//! Purpose: Nomad's HTTP API, so that its clients work unchanged. This crate holds the framework (routes,
//! queries, answers, filters, pages, guards, listeners) and, in one file a noun, the routes.
//!
//! ```text
//! door (listen/) → guard → path → route table → query → forward? → authorize → handler → answer
//! ```
//!
//! Limits: holds no state; what it needs of the agent comes through [`Backend`]. No route exists outside the
//! table ([`RouteTable`]), and no handler runs without a check of its capability.
#![forbid(unsafe_code)]

pub mod answer;
mod api;
pub mod authorize;
mod backend;
mod blocking;
mod body;
mod call;
pub mod cluster;
mod cors;
mod error;
pub mod filter;
pub mod forward;
mod guard;
pub mod listen;
mod operations;
mod page;
pub mod query;
pub mod route;
pub mod routes;
pub mod views;
pub mod what_if;

pub use answer::{Meta, Reply};
pub use api::{Api, ApiConfig};
pub use authorize::{Authorized, Filtered};
pub use backend::{Backend, Contact, Destination, Position, Watch};
pub use blocking::{Read, blocking};
pub use call::Call;
pub use error::ApiError;
pub use guard::{Guard, GuardError};
pub use operations::Operations;
pub use page::{Order, Page, PageKey, paginate};
pub use query::Query;
pub use route::{Route, RouteTable};
