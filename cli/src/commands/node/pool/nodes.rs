//! `node pool nodes`.

use crate::commands::show;
use crate::context::Context;
use crate::format::{Length, OutputArgs, PageArgs};
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// List the nodes of a pool
#[derive(clap::Args, Debug)]
pub(crate) struct NodesArgs {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    page: PageArgs,

    /// Show whole ids
    #[arg(long)]
    verbose: bool,

    /// Name of a node pool
    #[arg(value_name = "node pool")]
    pool: String,
}

impl NodesArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        self.output.check()?;
        let client = context.client(&self.global)?;
        let query = self.page.query();
        let asked = client.node_pools().nodes(&self.pool, query).await;
        let reply = asked.map_err(|error| CommandError::request("querying nodes", &error))?;
        if let Some(text) = self.output.render(&reply.raw)? {
            context.ui.print(&text);
            return Ok(Exit::OK);
        }
        context.ui.print(&show::pool_node_list(&reply.value, Length::verbose(self.verbose)));
        context.next_page(&reply.meta.next_token);
        Ok(Exit::OK)
    }
}
