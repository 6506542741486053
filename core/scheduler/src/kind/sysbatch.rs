//! Sysbatch jobs: they run once to their end on every feasible node.

use model::{Eval, Outcome};
use state::Snapshot;

use super::system_plan;
use crate::schedule::Options;

/// Decides for a sysbatch job.
pub(crate) fn sysbatch(snapshot: &Snapshot, eval: &Eval, options: &Options<'_>) -> Outcome {
    system_plan::run(snapshot, eval, options, true)
}
