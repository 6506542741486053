//! Tests of the public interface: recorded jobs, limits, diagnostics.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the tests read recorded files and the clock; the library does not"
)]

mod claims;
mod diagnostics;
mod golden;
mod hostile;
mod language;
mod layout;
mod replay;
mod rules;
mod round_trip;
mod written;
