//! Deployments.

mod list;
mod status;

pub(super) use status::StatusArgs;

use crate::CommandResult;
use crate::context::Context;

/// What can be done with deployments.
#[derive(clap::Subcommand, Debug)]
pub(super) enum DeploymentCommand {
    List(list::ListArgs),
    Status(StatusArgs),
}

impl DeploymentCommand {
    pub(crate) async fn run(self, context: &Context<'_>) -> CommandResult {
        match self {
            DeploymentCommand::List(args) => args.run(context).await,
            DeploymentCommand::Status(args) => args.run(context).await,
        }
    }
}
