//! Deployments.

mod fail;
mod find;
mod list;
mod pause;
mod promote;
mod resume;
mod status;

pub(super) use status::StatusArgs;

use crate::CommandResult;
use crate::context::Context;

/// What can be done with deployments.
#[derive(clap::Subcommand, Debug)]
pub(super) enum DeploymentCommand {
    Fail(fail::FailArgs),
    List(list::ListArgs),
    Pause(pause::PauseArgs),
    Promote(promote::PromoteArgs),
    Resume(resume::ResumeArgs),
    Status(StatusArgs),
}

impl DeploymentCommand {
    pub(crate) async fn run(self, context: &Context<'_>) -> CommandResult {
        match self {
            DeploymentCommand::Fail(args) => args.run(context).await,
            DeploymentCommand::List(args) => args.run(context).await,
            DeploymentCommand::Pause(args) => args.run(context).await,
            DeploymentCommand::Promote(args) => args.run(context).await,
            DeploymentCommand::Resume(args) => args.run(context).await,
            DeploymentCommand::Status(args) => args.run(context).await,
        }
    }
}
