//! The node record that the client registers: from the host, or simulated.

pub(crate) mod host;
pub(crate) mod refresh;
pub(crate) mod sim;
