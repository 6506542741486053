//! Whether `mock_driver` may be used: always, unless it is told to go away for a while.

use std::time::Duration;

use driver::{Fingerprint, Health};

use super::MockOptions;

/// Returns the driver's state after it has existed for `age`.
pub(super) fn fingerprint(name: &str, options: &MockOptions, age: Duration) -> Fingerprint {
    let down = options.shutdown_periodic_after && age < options.shutdown_periodic_duration;
    if down {
        let description = "shut down as configured".to_owned();
        return Fingerprint { health: Health::Unhealthy, description, attributes: Default::default() };
    }
    Fingerprint::healthy(name)
}
