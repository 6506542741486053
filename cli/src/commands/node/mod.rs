//! Nodes.

mod status;

pub(super) use status::StatusArgs;

use crate::CommandResult;
use crate::context::Context;

/// What can be done with nodes.
#[derive(clap::Subcommand, Debug)]
pub(super) enum NodeCommand {
    Status(StatusArgs),
}

impl NodeCommand {
    pub(crate) async fn run(self, context: &Context<'_>) -> CommandResult {
        match self {
            NodeCommand::Status(args) => args.run(context).await,
        }
    }
}
