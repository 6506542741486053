//! Kills a real server at system calls of its disk and looks for what it had acknowledged.

use anyhow::{Context, Result, bail};

use crate::run::{cargo, root, stage};

/// Runs the test of the real binary with so many points.
pub(crate) fn crash(args: &[&str]) -> Result<()> {
    let points: usize = match args {
        [] => 500,
        ["--points", points] => points.parse().with_context(|| format!("{points:?} is no number"))?,
        _ => bail!("usage: crash [--points N]"),
    };
    stage("release build", &mut cargo(&["build", "--release", "--package", "nomadctl", "--quiet"]))?;
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    let mut test =
        cargo(&["test", "--quiet", "--package", "nomadctl", "--test", "binary", "--", "system_call"]);
    test.env("NOMADCTL_BINARY", root().join(target).join("release/nomadctl"));
    test.env("NOMADCTL_CRASH_POINTS", points.to_string());
    stage("a server killed at system calls", &mut test)
}
