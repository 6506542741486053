//! `operator autopilot get-config`.

use crate::commands::show;
use crate::context::Context;
use crate::format::OutputArgs;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Show how the servers look after their group
#[derive(clap::Args, Debug)]
pub(crate) struct GetConfigArgs {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(flatten)]
    output: OutputArgs,
}

impl GetConfigArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        self.output.check()?;
        let client = context.client(&self.global)?;
        let asked = client.operator().autopilot().await;
        let reply =
            asked.map_err(|error| CommandError::request("querying Autopilot configuration", &error))?;
        let text = self.output.render(&reply.raw)?;
        context.ui.print(&text.unwrap_or_else(|| show::autopilot_config(&reply.value)));
        Ok(Exit::OK)
    }
}
