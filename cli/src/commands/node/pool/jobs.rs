//! `node pool jobs`.

use crate::commands::show;
use crate::context::Context;
use crate::format::{OutputArgs, PageArgs};
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// List the jobs of a pool
#[derive(clap::Args, Debug)]
pub(crate) struct JobsArgs {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    page: PageArgs,

    /// Name of a node pool
    #[arg(value_name = "node pool")]
    pool: String,
}

impl JobsArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        self.output.check()?;
        let client = context.client(&self.global)?;
        let query = self.page.query();
        let asked = client.node_pools().jobs(&self.pool, query).await;
        let reply = asked.map_err(|error| CommandError::request("querying jobs", &error))?;
        if let Some(text) = self.output.render(&reply.raw)? {
            context.ui.print(&text);
            return Ok(Exit::OK);
        }
        context.ui.print(&show::pool_job_list(&reply.value, context.clock));
        context.next_page(&reply.meta.next_token);
        Ok(Exit::OK)
    }
}
