//! The generator of requests, as a process of its own.
//!
//! Limits: it shares this machine's cores with the server.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// What came of a run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    /// Requests, or jobs, a second.
    pub(crate) rate: f64,
    /// Seconds that 99 of 100 needed at most.
    pub(crate) p99: f64,
}

/// Runs the generator: `what` by `clients` for `third` seconds, or rounds.
pub(crate) fn load(
    program: &Path,
    what: &str,
    address: SocketAddr,
    clients: u32,
    third: u32,
) -> Result<Load> {
    let mut command = Command::new("sh");
    // Thousands of connections need as many files.
    command.arg("-c").arg("ulimit -n $(ulimit -H -n); exec \"$0\" \"$@\"").arg(program);
    command.args([what, &address.to_string(), &clients.to_string(), &third.to_string()]);
    let output = command.output().with_context(|| format!("cannot run {}", program.display()))?;
    if !output.status.success() {
        bail!("load {what}: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let answer: Value = serde_json::from_slice(&output.stdout).context("the generator answered no JSON")?;
    let number = |name: &str| answer[name].as_f64().with_context(|| format!("no {name} in {answer}"));
    Ok(Load { rate: number("rate")?, p99: number("p99_s")? })
}
