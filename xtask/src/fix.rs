//! Rewrites what tools can mend.

use anyhow::Result;

use crate::run::{cargo, stage};

/// Applies clippy's suggestions, then formats.
pub(crate) fn fix() -> Result<()> {
    stage(
        "clippy --fix",
        &mut cargo(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--fix",
            "--allow-dirty",
            "--allow-staged",
            "--quiet",
        ]),
    )?;
    stage("format", &mut cargo(&["fmt", "--all"]))
}
