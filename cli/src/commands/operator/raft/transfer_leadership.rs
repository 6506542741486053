//! `operator raft transfer-leadership`.

use crate::context::Context;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Hand leadership to another server
#[derive(clap::Args, Debug)]
pub(crate) struct TransferLeadershipArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// Id of the server, as list-peers shows it
    #[arg(long, value_name = "id")]
    peer_id: Option<String>,

    /// Address of the server, as list-peers shows it
    #[arg(long, value_name = "address")]
    peer_address: Option<String>,
}

impl TransferLeadershipArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let (parameter, value) = match (&self.peer_id, &self.peer_address) {
            (Some(id), None) => ("id", id),
            (None, Some(address)) => ("address", address),
            (None, None) => return Err(CommandError::failed("Missing peer id or address required")),
            (Some(_), Some(_)) => {
                return Err(CommandError::failed("Give either -peer-id or -peer-address, not both"));
            }
        };
        let client = context.client(&self.global)?;
        let asked = client.operator().transfer_leadership(parameter, value).await;
        let reply = asked.map_err(|error| CommandError::request("transferring leadership", &error))?;
        let to = reply.value.to;
        let words = if reply.value.noop { "Peer already leads:" } else { "Transferred leadership to peer" };
        context.ui.print(&format!("{words} {} ({}) at {}", to.node, to.id, to.address));
        Ok(Exit::OK)
    }
}
