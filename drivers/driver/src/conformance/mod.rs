//! The suite that every driver passes: what the trait promises, tried on real tasks.
//!
//! A driver's tests implement [`Fixture`] and call [`run`]. A case that a driver cannot be put in (the mock has no
//! descendants) returns no task and is reported as not applicable, so that the list can be asserted.

mod cases;
mod fixture;

pub use fixture::{Fixture, Script};

/// What a run of the suite did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Cases that passed.
    pub passed: Vec<&'static str>,
    /// Cases that the driver cannot be put in.
    pub not_applicable: Vec<&'static str>,
}

/// Runs every case; panics, with the name of the case, at the first broken promise.
pub async fn run(fixture: &dyn Fixture) -> Report {
    let mut report = Report::default();
    for (name, case) in cases::ALL {
        match case(fixture, name).await {
            cases::Verdict::Passed => report.passed.push(name),
            cases::Verdict::NotApplicable => report.not_applicable.push(name),
        }
    }
    report
}
