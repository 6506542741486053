//! Tools of operators.

mod api;
mod raft;
mod scheduler;

use crate::CommandResult;
use crate::context::Context;

/// What operators can do.
#[derive(clap::Subcommand, Debug)]
pub(super) enum OperatorCommand {
    Api(api::ApiArgs),
    /// Look at consensus
    #[command(subcommand)]
    Raft(RaftCommand),
    /// Look at and change how the cluster schedules
    #[command(subcommand)]
    Scheduler(scheduler::SchedulerCommand),
}

/// What operators can do with consensus.
#[derive(clap::Subcommand, Debug)]
pub(super) enum RaftCommand {
    ListPeers(raft::ListPeersArgs),
}

impl OperatorCommand {
    pub(crate) async fn run(self, context: &Context<'_>) -> CommandResult {
        match self {
            OperatorCommand::Api(args) => args.run(context).await,
            OperatorCommand::Raft(RaftCommand::ListPeers(args)) => args.run(context).await,
            OperatorCommand::Scheduler(command) => command.run(context).await,
        }
    }
}
