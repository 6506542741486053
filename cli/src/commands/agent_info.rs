//! `agent-info`.

use super::show;
use crate::context::Context;
use crate::format::OutputArgs;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Show measurements of the agent
#[derive(clap::Args, Debug)]
pub(super) struct AgentInfoArgs {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(flatten)]
    output: OutputArgs,
}

impl AgentInfoArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        self.output.check()?;
        let client = context.client(&self.global)?;
        let reply = client
            .agent()
            .itself()
            .await
            .map_err(|error| CommandError::request("querying agent info", &error))?;
        let text = self.output.render(&reply.raw)?.unwrap_or_else(|| show::agent_info(&reply.raw));
        context.ui.print(&text);
        Ok(Exit::OK)
    }
}
