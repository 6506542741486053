//! Services that are registered natively.

mod delete;
mod find;
mod info;
mod list;

use crate::CommandResult;
use crate::context::Context;

/// What can be done with services.
#[derive(clap::Subcommand, Debug)]
pub(super) enum ServiceCommand {
    Delete(delete::DeleteArgs),
    Info(info::InfoArgs),
    List(list::ListArgs),
}

impl ServiceCommand {
    pub(crate) async fn run(self, context: &Context<'_>) -> CommandResult {
        match self {
            ServiceCommand::Delete(args) => args.run(context).await,
            ServiceCommand::Info(args) => args.run(context).await,
            ServiceCommand::List(args) => args.run(context).await,
        }
    }
}
