//! Periodic jobs.

mod force;

use crate::CommandResult;
use crate::context::Context;

/// What can be done with periodic jobs.
#[derive(clap::Subcommand, Debug)]
pub(crate) enum PeriodicCommand {
    Force(force::ForceArgs),
}

impl PeriodicCommand {
    pub(crate) async fn run(self, context: &Context<'_>) -> CommandResult {
        match self {
            PeriodicCommand::Force(args) => args.run(context).await,
        }
    }
}
