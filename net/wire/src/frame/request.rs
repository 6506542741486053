//! What a call carries.
//!
//! Purpose: tie each message to the one protocol that carries it.
//! Limits: MessagePack with named fields; renaming a field breaks older peers.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Protocol;

/// A message that one protocol, and only that one, carries as a call.
pub trait Request: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The protocol it belongs to: it cannot be sent or decoded on a connection of another one.
    type Protocol: Protocol;
    /// What comes back.
    type Response: Serialize + DeserializeOwned + Send + Sync + 'static;
}
