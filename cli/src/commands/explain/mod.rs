//! Why something is placed where it is, or is not.

mod alloc;
mod eval;
mod job;
mod page;

use crate::CommandResult;
use crate::context::Context;

/// What can be explained.
#[derive(clap::Subcommand, Debug)]
pub(super) enum ExplainCommand {
    Job(job::JobArgs),
    Alloc(alloc::AllocArgs),
    Eval(eval::EvalArgs),
}

impl ExplainCommand {
    pub(crate) async fn run(self, context: &Context<'_>) -> CommandResult {
        match self {
            ExplainCommand::Job(args) => args.run(context).await,
            ExplainCommand::Alloc(args) => args.run(context).await,
            ExplainCommand::Eval(args) => args.run(context).await,
        }
    }
}
