//! A command as consensus sees it: bytes, encoded once and shared, and the answer of applying it.
//!
//! Limits: at most [`MAX_COMMAND_BYTES`] bytes; bigger work is split by the proposer.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use serde::de::{Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

/// The longest command that the log takes, in bytes (1 MiB less room for the record around it).
pub const MAX_COMMAND_BYTES: usize = (1 << 20) - 1024;

/// A command that was encoded once and is shared from then on.
///
/// Only `bytes` is ever written or sent. `decoded` is the proposer's own copy, so that applying it on the same
/// server need not decode it again; it is dropped once the command is applied.
#[derive(Clone, Default)]
pub struct Encoded {
    /// What is stored and sent.
    pub bytes: Bytes,
    /// The decoded form, present only on the server that proposed the command.
    pub decoded: Option<Arc<dyn Any + Send + Sync>>,
}

impl Encoded {
    /// Returns a command that has only its encoded form.
    #[must_use]
    pub fn new(bytes: impl Into<Bytes>) -> Self {
        Self { bytes: bytes.into(), decoded: None }
    }

    /// Returns a command together with its decoded form.
    #[must_use]
    pub fn with_decoded(bytes: impl Into<Bytes>, decoded: Arc<dyn Any + Send + Sync>) -> Self {
        Self { bytes: bytes.into(), decoded: Some(decoded) }
    }

    /// Returns the decoded form as a `T`, if this server has it.
    #[must_use]
    pub fn decoded<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        self.decoded.clone()?.downcast::<T>().ok()
    }
}

impl PartialEq for Encoded {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl fmt::Debug for Encoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Encoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "command of {} bytes", self.bytes.len())
    }
}

impl Serialize for Encoded {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.bytes)
    }
}

impl<'de> Deserialize<'de> for Encoded {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct BytesVisitor;

        impl Visitor<'_> for BytesVisitor {
            type Value = Encoded;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the bytes of a command")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Encoded, E> {
                Ok(Encoded::new(Bytes::copy_from_slice(bytes)))
            }
        }

        deserializer.deserialize_bytes(BytesVisitor)
    }
}

/// The local answer of [`Machine::apply`](crate::Machine::apply) to the proposer; it never leaves the process.
#[derive(Clone)]
pub struct Reply(pub Arc<dyn Any + Send + Sync>);

impl Reply {
    /// Wraps the answer `value`.
    #[must_use]
    pub fn new<T: Send + Sync + 'static>(value: T) -> Self {
        Self(Arc::new(value))
    }

    /// Returns the answer that carries nothing.
    #[must_use]
    pub fn empty() -> Self {
        Self::new(())
    }

    /// Returns the answer as a `T`, if it is one.
    #[must_use]
    pub fn get<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        self.0.clone().downcast::<T>().ok()
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reply")
    }
}

// openraft asks that answers can be serialised; ours never are.
impl Serialize for Reply {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl<'de> Deserialize<'de> for Reply {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <()>::deserialize(deserializer)?;
        Ok(Self::empty())
    }
}
