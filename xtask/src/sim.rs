//! Runs the simulation: three servers in one seeded world.

use anyhow::Result;

use crate::run::{cargo, stage};

/// Passes the arguments on to the simulator, built with assertions and optimised.
pub(crate) fn sim(args: &[&str]) -> Result<()> {
    let mut command = vec!["run", "--quiet", "--profile", "ci", "--package", "sim", "--bin", "sim", "--"];
    command.extend(args);
    stage("simulation", &mut cargo(&command))
}
