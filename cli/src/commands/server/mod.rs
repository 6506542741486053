//! Servers.

mod force_leave;
mod join;
mod members;

pub(super) use members::MembersArgs;

use crate::CommandResult;
use crate::context::Context;

/// What can be done with servers.
#[derive(clap::Subcommand, Debug)]
pub(super) enum ServerCommand {
    Members(MembersArgs),
    Join(join::JoinArgs),
    ForceLeave(force_leave::ForceLeaveArgs),
}

impl ServerCommand {
    pub(crate) async fn run(self, context: &Context<'_>) -> CommandResult {
        match self {
            ServerCommand::Members(args) => args.run(context).await,
            ServerCommand::Join(args) => args.run(context).await,
            ServerCommand::ForceLeave(args) => args.run(context).await,
        }
    }
}
