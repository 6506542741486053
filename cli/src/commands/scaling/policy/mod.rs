//! Scaling policies, which come with the jobs that have them.

mod info;
mod list;

use crate::CommandResult;
use crate::context::Context;

/// What can be done with scaling policies.
#[derive(clap::Subcommand, Debug)]
pub(crate) enum PolicyCommand {
    Info(info::InfoArgs),
    List(list::ListArgs),
}

impl PolicyCommand {
    pub(crate) async fn run(self, context: &Context<'_>) -> CommandResult {
        match self {
            PolicyCommand::Info(args) => args.run(context).await,
            PolicyCommand::List(args) => args.run(context).await,
        }
    }
}
