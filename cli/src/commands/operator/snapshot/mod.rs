//! Saved states.

mod agent;
mod fetch;
mod inspect;
mod restore;
mod save;

use crate::CommandResult;
use crate::context::Context;

/// What operators can do with saved states.
#[derive(clap::Subcommand, Debug)]
pub(crate) enum SnapshotCommand {
    Save(save::SaveArgs),
    Inspect(inspect::InspectArgs),
    Restore(restore::RestoreArgs),
    Agent(agent::AgentArgs),
}

impl SnapshotCommand {
    pub(crate) async fn run(self, context: &Context<'_>) -> CommandResult {
        match self {
            SnapshotCommand::Save(args) => args.run(context).await,
            SnapshotCommand::Inspect(args) => args.run(context),
            SnapshotCommand::Restore(args) => args.run(context).await,
            SnapshotCommand::Agent(args) => args.run(context).await,
        }
    }
}
