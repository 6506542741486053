//! Benchmarks of the real binary, beside the goals of the design.

use anyhow::Result;

use crate::run::{cargo, stage};

/// Times and memory of the dev cluster.
pub(crate) fn dev() -> Result<()> {
    stage("release build", &mut cargo(&["build", "--release", "--package", "nomadctl", "--quiet"]))?;
    let mut bench = cargo(&["test", "--profile", "ci", "--package", "nomadctl", "--test", "bench", "--", "--nocapture"]);
    bench.env("NOMADCTL_BINARY", crate::run::root().join("target/release/nomadctl"));
    stage("bench dev", &mut bench)
}
