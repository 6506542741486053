//! Time and randomness for the machines: read here, at the edge, and nowhere else.

use std::time::{SystemTime, UNIX_EPOCH};

use model::{Nanos, Timestamp};

/// The time.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(Nanos::from(since).0)
}

/// 128 random bits.
pub(crate) fn random() -> u128 {
    uuid::Uuid::new_v4().as_u128()
}
