//! `server force-leave`.

use crate::context::Context;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Take a failed server out of the group at once
///
/// Servers that failed are taken out by themselves after a while, if the autopilot's CleanupDeadServers is on. One that
/// still answers is not taken out, and one that is not known has left already.
#[derive(clap::Args, Debug)]
pub(crate) struct ForceLeaveArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// Forget the server altogether; always so here
    #[arg(long)]
    prune: bool,

    /// Name of the server, as 'server members' shows it
    #[arg(value_name = "name")]
    name: String,
}

impl ForceLeaveArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let client = context.client(&self.global)?;
        let asked = client.agent().force_leave(&self.name).await;
        asked.map_err(|error| CommandError::request("force-leaving server", &error))?;
        Ok(Exit::OK)
    }
}
