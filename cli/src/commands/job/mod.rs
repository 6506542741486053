//! Jobs.

mod allocs;
mod find;
mod init;
mod inspect;
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
    /// List the allocations of a job
    Allocs(allocs::AllocsArgs),
    /// Write an example job file
    Init(InitArgs),
    /// Print a registered job
    Inspect(InspectArgs),
    /// Show what would change if a job was run
    Plan(PlanArgs),
    /// Run a new job or update an existing one
    Run(RunArgs),
    /// Show the status of jobs
    Status(StatusArgs),
    /// Stop a running job
    Stop(StopArgs),
    /// Check a job file
    Validate(ValidateArgs),
}

impl JobCommand {
    pub(crate) async fn run(self, context: &Context<'_>) -> CommandResult {
        match self {
            JobCommand::Allocs(args) => args.run(context).await,
            JobCommand::Init(args) => args.run(context),
            JobCommand::Inspect(args) => args.run(context).await,
            JobCommand::Plan(args) => args.run(context).await,
            JobCommand::Run(args) => args.run(context).await,
            JobCommand::Status(args) => args.run(context).await,
            JobCommand::Stop(args) => args.run(context).await,
            JobCommand::Validate(args) => args.run(context).await,
        }
    }
}
