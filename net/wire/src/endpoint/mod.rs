//! The agent's UDP port.
//!
//! Purpose: one endpoint that accepts and dials connections of all protocols.
//! Limits: 0-RTT is off; above [`EndpointConfig::retry_above`] half-open handshakes a stranger has to prove its
//! address first, above [`EndpointConfig::max_half_open`] it is refused; a handshake takes 5 s at most.

mod accept;
mod bind;
mod dial;
mod hello;
mod reset;
mod socket;
mod transport;

pub use accept::Listener;
pub use bind::{BindError, Endpoint, EndpointConfig};
pub use dial::{DialError, Expect};
pub(crate) use hello::VERSION;
