//! `node pool list`.

use crate::commands::show;
use crate::context::Context;
use crate::format::{OutputArgs, PageArgs};
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// List node pools
#[derive(clap::Args, Debug)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    page: PageArgs,
}

impl ListArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        self.output.check()?;
        let client = context.client(&self.global)?;
        let query = self.page.query();
        let asked = client.node_pools().list(query).await;
        let reply = asked.map_err(|error| CommandError::request("querying node pools", &error))?;
        if let Some(text) = self.output.render(&reply.raw)? {
            context.ui.print(&text);
            return Ok(Exit::OK);
        }
        context.ui.print(&show::node_pool_list(&reply.value));
        context.next_page(&reply.meta.next_token);
        Ok(Exit::OK)
    }
}
