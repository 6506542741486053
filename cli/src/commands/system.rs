//! `system gc` and `system reconcile summaries`.

use crate::context::Context;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// What can be asked of the servers' housekeeping.
#[derive(clap::Subcommand, Debug)]
pub(super) enum SystemCommand {
    Gc(GcArgs),
    /// Put right what the servers have counted
    #[command(subcommand)]
    Reconcile(ReconcileCommand),
}

/// What can be counted anew.
#[derive(clap::Subcommand, Debug)]
pub(super) enum ReconcileCommand {
    Summaries(SummariesArgs),
}

/// Forget everything that is over
///
/// Dead jobs, ended evaluations, allocations and deployments, and nodes that are down go at once, whatever their age.
#[derive(clap::Args, Debug)]
pub(super) struct GcArgs {
    #[command(flatten)]
    global: GlobalArgs,
}

/// Count the summaries of all jobs anew
#[derive(clap::Args, Debug)]
pub(super) struct SummariesArgs {
    #[command(flatten)]
    global: GlobalArgs,
}

impl SystemCommand {
    pub(crate) async fn run(self, context: &Context<'_>) -> CommandResult {
        match self {
            SystemCommand::Gc(args) => {
                let asked = context.client(&args.global)?.system().collect_garbage().await;
                asked.map_err(|error| CommandError::request("running system garbage-collection", &error))?;
            }
            SystemCommand::Reconcile(ReconcileCommand::Summaries(args)) => {
                let asked = context.client(&args.global)?.system().reconcile_summaries().await;
                asked.map_err(|error| {
                    CommandError::request("running system summary reconciliation", &error)
                })?;
            }
        }
        Ok(Exit::OK)
    }
}
