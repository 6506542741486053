//! System jobs: one allocation of each name on every feasible node, for ever.

use model::{Eval, Outcome};
use state::Snapshot;

use super::system_plan;
use crate::schedule::Options;

/// Decides for a system job.
pub(crate) fn system(snapshot: &Snapshot, eval: &Eval, options: &Options<'_>) -> Outcome {
    system_plan::run(snapshot, eval, options, false)
}
