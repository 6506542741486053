//! `operator raft remove-peer`.

use crate::context::Context;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Take a server out of the group
///
/// For a server that failed and will not come back. One that still runs stays out until it is started again.
#[derive(clap::Args, Debug)]
pub(crate) struct RemovePeerArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// Id of the server, as list-peers shows it
    #[arg(long, value_name = "id")]
    peer_id: Option<String>,
}

impl RemovePeerArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let Some(id) = self.peer_id.as_deref().filter(|id| !id.is_empty()) else {
            return Err(CommandError::failed("Missing peer id required"));
        };
        let client = context.client(&self.global)?;
        let asked = client.operator().remove_peer(id).await;
        asked.map_err(|error| CommandError::request("removing peer", &error))?;
        context.ui.print(&format!("Removed peer with id {id:?}"));
        Ok(Exit::OK)
    }
}
