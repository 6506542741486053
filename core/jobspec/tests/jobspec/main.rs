//! Tests of the public interface: recorded jobs, limits, diagnostics.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the tests read recorded files and the clock; the library does not"
)]

mod claims;
mod diagnostics;
mod expressions;
mod golden;
mod hostile;
mod language;
mod layout;
mod meaning;
mod replay;
mod round_trip;
mod verdicts;
mod written;
