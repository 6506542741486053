//! `node pool info`.

use crate::commands::show;
use crate::context::Context;
use crate::format::OutputArgs;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Show a node pool
#[derive(clap::Args, Debug)]
pub(crate) struct InfoArgs {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(flatten)]
    output: OutputArgs,

    /// Name of a node pool
    #[arg(value_name = "node pool")]
    name: String,
}

impl InfoArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        self.output.check()?;
        let client = context.client(&self.global)?;
        let asked = client.node_pools().info(&self.name).await;
        let reply = asked.map_err(|error| CommandError::request("querying node pool", &error))?;
        let text = self.output.render(&reply.raw)?;
        context.ui.print(&text.unwrap_or_else(|| show::node_pool(&reply.value)));
        Ok(Exit::OK)
    }
}
