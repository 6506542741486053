//! `node pool jobs`.

use api::Query;

use crate::commands::show;
use crate::context::Context;
use crate::format::OutputArgs;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// List the jobs of a pool
#[derive(clap::Args, Debug)]
pub(crate) struct JobsArgs {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(flatten)]
    output: OutputArgs,

    /// List only what fulfils an expression
    #[arg(long, value_name = "expression")]
    filter: Option<String>,

    /// How many entries a page lists
    #[arg(long, value_name = "count")]
    per_page: Option<u32>,

    /// Where the page starts
    #[arg(long, value_name = "token")]
    page_token: Option<String>,

    /// Name of a node pool
    #[arg(value_name = "node pool")]
    pool: String,
}

impl JobsArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        self.output.check()?;
        let client = context.client(&self.global)?;
        let query = Query {
            filter: self.filter.clone(),
            per_page: self.per_page.unwrap_or(0),
            next_token: self.page_token.clone(),
            ..Query::default()
        };
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
