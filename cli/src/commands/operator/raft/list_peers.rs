//! `operator raft list-peers`.

use crate::commands::show;
use crate::context::Context;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// List the voters
#[derive(clap::Args, Debug)]
pub(crate) struct ListPeersArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// Let any server answer
    #[arg(long)]
    stale: bool,
}

impl ListPeersArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let client = context.client(&self.global)?;
        let asked = client.operator().raft_configuration(self.stale).await;
        let reply = asked.map_err(|error| CommandError::request("getting peers", &error))?;
        context.ui.print(&show::raft_peers(&reply.value));
        Ok(Exit::OK)
    }
}
