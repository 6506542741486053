//! Tests of the public interface: recorded jobs, limits, diagnostics.

#![expect(clippy::disallowed_methods, reason = "the tests read recorded files; the library does not")]

mod diagnostics;
mod golden;
mod hostile;
mod language;
mod layout;
