//! Jobs.

mod allocs;
mod deployments;
mod dispatch;
mod eval;
mod find;
mod history;
mod init;
mod inspect;
mod launch;
mod periodic;
mod plan;
mod promote;
mod restart;
mod revert;
mod run;
mod scale;
mod scaling_events;
mod start;
mod status;
mod stop;
mod tag;
mod validate;

pub(super) use find::{find_job, in_namespace};
pub(super) use init::InitArgs;
pub(super) use inspect::InspectArgs;
pub(super) use plan::PlanArgs;
pub(super) use run::RunArgs;
pub(super) use start::StartArgs;
pub(super) use status::StatusArgs;
pub(super) use stop::StopArgs;
pub(super) use validate::ValidateArgs;

use crate::CommandResult;
use crate::context::Context;

/// What can be done with jobs.
#[derive(clap::Subcommand, Debug)]
pub(super) enum JobCommand {
    Allocs(allocs::AllocsArgs),
    Deployments(deployments::DeploymentsArgs),
    Dispatch(dispatch::DispatchArgs),
    Eval(eval::EvalArgs),
    History(history::HistoryArgs),
    Init(InitArgs),
    Inspect(InspectArgs),
    /// Work with periodic jobs
    #[command(subcommand)]
    Periodic(periodic::PeriodicCommand),
    Plan(PlanArgs),
    Promote(promote::PromoteArgs),
    Restart(restart::RestartArgs),
    Revert(revert::RevertArgs),
    Run(RunArgs),
    Scale(scale::ScaleArgs),
    ScalingEvents(scaling_events::ScalingEventsArgs),
    Start(StartArgs),
    Status(StatusArgs),
    Stop(StopArgs),
    /// Name the versions of jobs
    #[command(subcommand)]
    Tag(tag::TagCommand),
    Validate(ValidateArgs),
}

impl JobCommand {
    pub(crate) async fn run(self, context: &Context<'_>) -> CommandResult {
        match self {
            JobCommand::Allocs(args) => args.run(context).await,
            JobCommand::Deployments(args) => args.run(context).await,
            JobCommand::Dispatch(args) => args.run(context).await,
            JobCommand::Eval(args) => args.run(context).await,
            JobCommand::History(args) => args.run(context).await,
            JobCommand::Periodic(command) => command.run(context).await,
            JobCommand::Promote(args) => args.run(context).await,
            JobCommand::Restart(args) => args.run(context).await,
            JobCommand::Revert(args) => args.run(context).await,
            JobCommand::Scale(args) => args.run(context).await,
            JobCommand::ScalingEvents(args) => args.run(context).await,
            JobCommand::Start(args) => args.run(context).await,
            JobCommand::Tag(command) => command.run(context).await,
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
