//! Nodes.

mod drain;
mod eligibility;
mod find;
mod pool;
mod status;

pub(super) use drain::DrainArgs;
pub(super) use status::StatusArgs;

use crate::CommandResult;
use crate::context::Context;

/// What can be done with nodes.
#[derive(clap::Subcommand, Debug)]
pub(super) enum NodeCommand {
    Drain(DrainArgs),
    Eligibility(eligibility::EligibilityArgs),
    /// Work with node pools
    #[command(subcommand)]
    Pool(pool::PoolCommand),
    Status(StatusArgs),
}

impl NodeCommand {
    pub(crate) async fn run(self, context: &Context<'_>) -> CommandResult {
        match self {
            NodeCommand::Drain(args) => args.run(context).await,
            NodeCommand::Eligibility(args) => args.run(context).await,
            NodeCommand::Pool(command) => command.run(context).await,
            NodeCommand::Status(args) => args.run(context).await,
        }
    }
}
