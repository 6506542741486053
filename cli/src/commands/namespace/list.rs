//! `namespace list`.

use api::Query;

use crate::commands::show;
use crate::context::Context;
use crate::format::OutputArgs;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// List namespaces
#[derive(clap::Args, Debug)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(flatten)]
    output: OutputArgs,
}

impl ListArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        self.output.check()?;
        let client = context.client(&self.global)?;
        let asked = client.namespaces().list(Query::default()).await;
        let reply = asked.map_err(|error| CommandError::request("retrieving namespaces", &error))?;
        let text = self.output.render(&reply.raw)?;
        context.ui.print(&text.unwrap_or_else(|| show::namespace_list(&reply.value)));
        Ok(Exit::OK)
    }
}
