//! Batch jobs: they run to their end; what ended well is remembered. No deployments.

use model::{Eval, Outcome};
use state::Snapshot;

use super::generic;
use crate::schedule::Options;

/// Decides for a batch job.
pub(crate) fn batch(snapshot: &Snapshot, eval: &Eval, options: &Options<'_>) -> Outcome {
    generic::run(snapshot, eval, options, true)
}
