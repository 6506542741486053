//! Namespaces.

mod apply;
mod delete;
mod inspect;
mod list;
mod status;

use crate::CommandResult;
use crate::context::Context;

/// What can be done with namespaces.
#[derive(clap::Subcommand, Debug)]
pub(super) enum NamespaceCommand {
    Apply(apply::ApplyArgs),
    Delete(delete::DeleteArgs),
    Inspect(inspect::InspectArgs),
    List(list::ListArgs),
    Status(status::StatusArgs),
}

impl NamespaceCommand {
    pub(crate) async fn run(self, context: &Context<'_>) -> CommandResult {
        match self {
            NamespaceCommand::Apply(args) => args.run(context).await,
            NamespaceCommand::Delete(args) => args.run(context).await,
            NamespaceCommand::Inspect(args) => args.run(context).await,
            NamespaceCommand::List(args) => args.run(context).await,
            NamespaceCommand::Status(args) => args.run(context).await,
        }
    }
}
