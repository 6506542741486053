//! Consensus.

mod list_peers;
mod remove_peer;
mod transfer_leadership;

use crate::CommandResult;
use crate::context::Context;

/// What operators can do with consensus.
#[derive(clap::Subcommand, Debug)]
pub(crate) enum RaftCommand {
    ListPeers(list_peers::ListPeersArgs),
    RemovePeer(remove_peer::RemovePeerArgs),
    TransferLeadership(transfer_leadership::TransferLeadershipArgs),
}

impl RaftCommand {
    pub(crate) async fn run(self, context: &Context<'_>) -> CommandResult {
        match self {
            RaftCommand::ListPeers(args) => args.run(context).await,
            RaftCommand::RemovePeer(args) => args.run(context).await,
            RaftCommand::TransferLeadership(args) => args.run(context).await,
        }
    }
}
