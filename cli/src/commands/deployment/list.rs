//! `deployment list`.

use api::Query;

use crate::commands::show;
use crate::context::Context;
use crate::format::{Length, OutputArgs};
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// List deployments
#[derive(clap::Args, Debug)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(flatten)]
    output: OutputArgs,

    /// List only deployments that fulfil an expression
    #[arg(long, value_name = "expression")]
    filter: Option<String>,

    /// Show whole ids
    #[arg(long)]
    verbose: bool,
}

impl ListArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        self.output.check()?;
        let client = context.client(&self.global)?;
        let query = Query { filter: self.filter.clone(), ..Query::default() };
        let asked = client.deployments().list(query).await;
        let mut reply = asked.map_err(|error| CommandError::request("retrieving deployments", &error))?;
        if let Some(text) = self.output.render(&reply.raw)? {
            context.ui.print(&text);
            return Ok(Exit::OK);
        }
        reply.value.sort_by_key(|deployment| std::cmp::Reverse(deployment.create_index));
        context.ui.print(&show::deployment_list(&reply.value, Length::verbose(self.verbose)));
        Ok(Exit::OK)
    }
}
