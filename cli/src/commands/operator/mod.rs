//! Tools of operators.

mod api;
mod autopilot;
mod raft;
mod scheduler;
mod snapshot;

use crate::CommandResult;
use crate::context::Context;

/// What operators can do.
#[derive(clap::Subcommand, Debug)]
pub(super) enum OperatorCommand {
    Api(api::ApiArgs),
    /// Look at how the servers are, and change how they look after their group
    #[command(subcommand)]
    Autopilot(autopilot::AutopilotCommand),
    /// Look at consensus and change who takes part
    #[command(subcommand)]
    Raft(raft::RaftCommand),
    /// Look at and change how the cluster schedules
    #[command(subcommand)]
    Scheduler(scheduler::SchedulerCommand),
    /// Save and restore the state of the servers
    #[command(subcommand)]
    Snapshot(snapshot::SnapshotCommand),
}

impl OperatorCommand {
    pub(crate) async fn run(self, context: &Context<'_>) -> CommandResult {
        match self {
            OperatorCommand::Api(args) => args.run(context).await,
            OperatorCommand::Autopilot(command) => command.run(context).await,
            OperatorCommand::Raft(command) => command.run(context).await,
            OperatorCommand::Scheduler(command) => command.run(context).await,
            OperatorCommand::Snapshot(command) => command.run(context).await,
        }
    }
}
