//! Jobs.

mod allocs;
mod find;
mod init;
mod inspect;
mod launch;
mod plan;
mod run;
mod status;
mod stop;
mod validate;

pub(super) use init::InitArgs;
pub(super) use inspect::InspectArgs;
pub(super) use plan::PlanArgs;
pub(super) use run::RunArgs;
pub(super) use status::StatusArgs;
pub(super) use stop::StopArgs;
pub(super) use validate::ValidateArgs;

use crate::CommandResult;
use crate::context::Context;

/// What can be done with jobs.
#[derive(clap::Subcommand, Debug)]
pub(super) enum JobCommand {
    Allocs(allocs::AllocsArgs),
    Init(InitArgs),
    Inspect(InspectArgs),
    Plan(PlanArgs),
    Run(RunArgs),
    Status(StatusArgs),
    Stop(StopArgs),
    Validate(ValidateArgs),
}

impl JobCommand {
    pub(crate) async fn run(self, context: &Context<'_>) -> CommandResult {
        match self {
            JobCommand::Allocs(args) => args.run(context).await,
            JobCommand::Init(args) => args.run(context).await,
            JobCommand::Inspect(args) => args.run(context).await,
            JobCommand::Plan(args) => args.run(context).await,
            JobCommand::Run(args) => args.run(context).await,
            JobCommand::Status(args) => args.run(context).await,
            JobCommand::Stop(args) => args.run(context).await,
            JobCommand::Validate(args) => args.run(context).await,
        }
    }
}
