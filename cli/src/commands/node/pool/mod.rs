//! Node pools.

mod apply;
mod delete;
mod info;
mod jobs;
mod list;
mod nodes;

use crate::CommandResult;
use crate::context::Context;

/// What can be done with node pools.
#[derive(clap::Subcommand, Debug)]
pub(crate) enum PoolCommand {
    Apply(apply::ApplyArgs),
    Delete(delete::DeleteArgs),
    Info(info::InfoArgs),
    Jobs(jobs::JobsArgs),
    List(list::ListArgs),
    Nodes(nodes::NodesArgs),
}

impl PoolCommand {
    pub(crate) async fn run(self, context: &Context<'_>) -> CommandResult {
        match self {
            PoolCommand::Apply(args) => args.run(context).await,
            PoolCommand::Delete(args) => args.run(context).await,
            PoolCommand::Info(args) => args.run(context).await,
            PoolCommand::Jobs(args) => args.run(context).await,
            PoolCommand::List(args) => args.run(context).await,
            PoolCommand::Nodes(args) => args.run(context).await,
        }
    }
}
