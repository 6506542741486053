//! Evaluations.

mod list;
mod status;

pub(super) use status::StatusArgs;

use crate::CommandResult;
use crate::context::Context;

/// What can be done with evaluations.
#[derive(clap::Subcommand, Debug)]
pub(super) enum EvalCommand {
    List(list::ListArgs),
    Status(StatusArgs),
}

impl EvalCommand {
    pub(crate) async fn run(self, context: &Context<'_>) -> CommandResult {
        match self {
            EvalCommand::List(args) => args.run(context).await,
            EvalCommand::Status(args) => args.run(context).await,
        }
    }
}
