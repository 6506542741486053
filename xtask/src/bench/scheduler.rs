//! How long scheduling decisions take, on clusters of 1,000 to 100,000 nodes.
//!
//! Limits: processor time of one thread, without the log and without HTTP; measured by the benchmark of the
//! `scheduler` crate, which prints the table itself.

use anyhow::Result;

use crate::run::{cargo, stage};

/// Measures and prints the table, beside the goals; `wanted` are numbers of nodes and parts of the names of rows, and
/// everything where there are none.
pub(crate) fn scheduler(wanted: &[&str]) -> Result<()> {
    let mut args = vec!["bench", "--quiet", "--package", "scheduler", "--bench", "placements", "--"];
    args.extend(wanted);
    stage("scheduler", &mut cargo(&args))
}
