//! Whether `raw_exec` may be used.

use driver::Fingerprint;

use super::RawExecOptions;

/// Returns the driver's state: it works wherever it is enabled.
pub(super) fn fingerprint(name: &str, options: &RawExecOptions) -> Fingerprint {
    if options.enabled { Fingerprint::healthy(name) } else { Fingerprint::undetected("disabled") }
}
