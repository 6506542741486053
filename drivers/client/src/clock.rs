//! The time of the host, which the machines get as an input.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use model::Timestamp;

/// Returns the time.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}

/// Returns how long it is until `at`; nothing when it is over.
pub(crate) fn until(at: Timestamp) -> Duration {
    at.since(now()).to_duration()
}
