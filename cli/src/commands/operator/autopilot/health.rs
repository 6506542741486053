//! `operator autopilot health`.

use crate::commands::show;
use crate::context::Context;
use crate::format::canonical_json;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Show how the servers are
///
/// It is what the leader sees. The exit code is 0 as soon as there is an answer.
#[derive(clap::Args, Debug)]
pub(crate) struct HealthArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
}

impl HealthArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let client = context.client(&self.global)?;
        let asked = client.operator().health().await;
        let reply = asked.map_err(|error| CommandError::request("querying Autopilot health", &error))?;
        let text = if self.json { canonical_json(&reply.raw) } else { show::autopilot_health(&reply.value) };
        context.ui.print(&text);
        Ok(Exit::OK)
    }
}
