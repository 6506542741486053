//! Names of versions.

mod apply;
mod unset;

use crate::CommandResult;
use crate::context::Context;

/// What can be done with names of versions.
#[derive(clap::Subcommand, Debug)]
pub(crate) enum TagCommand {
    Apply(apply::ApplyArgs),
    Unset(unset::UnsetArgs),
}

impl TagCommand {
    pub(crate) async fn run(self, context: &Context<'_>) -> CommandResult {
        match self {
            TagCommand::Apply(args) => args.run(context).await,
            TagCommand::Unset(args) => args.run(context).await,
        }
    }
}
