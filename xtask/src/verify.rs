//! Read-only checks that every commit passes.

use anyhow::Result;

use crate::run::{cargo, stage};
use crate::tidy;

/// Format, lints, tidy and the tests that need nothing installed.
pub(crate) fn verify() -> Result<()> {
    lint()?;
    stage("tests", &mut cargo(&["test", "--profile", "ci", "--workspace", "--quiet"]))
}

/// Format, lints and tidy.
pub(crate) fn lint() -> Result<()> {
    stage("format", &mut cargo(&["fmt", "--all", "--check"]))?;
    tidy::tidy()?;
    stage(
        "clippy",
        &mut cargo(&["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"]),
    )
}
