//! Service jobs: they run for ever, with deployments.

use model::{Eval, Outcome};
use state::Snapshot;

use super::generic;
use crate::schedule::Options;

/// Decides for a service job.
pub(crate) fn service(snapshot: &Snapshot, eval: &Eval, options: &Options<'_>) -> Outcome {
    generic::run(snapshot, eval, options, false)
}
