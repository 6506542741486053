//! `deployment status`.

use api::Query;

use crate::commands::alloc::even_prefix;
use crate::commands::show;
use crate::context::Context;
use crate::follow::monitor_deployment;
use crate::format::{Length, OutputArgs};
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Show a deployment
///
/// Without an id all deployments are listed.
#[derive(clap::Args, Debug, Default)]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(flatten)]
    output: OutputArgs,

    /// Follow the deployment until it is settled
    #[arg(long)]
    monitor: bool,

    /// Show whole ids
    #[arg(long)]
    verbose: bool,

    /// Beginning of the id of a deployment
    #[arg(value_name = "deployment")]
    id: Option<String>,
}

impl StatusArgs {
    /// Arguments for another command that shows a deployment.
    pub(crate) fn of(global: GlobalArgs, output: OutputArgs, verbose: bool, id: String) -> StatusArgs {
        StatusArgs { global, output, verbose, id: Some(id), ..StatusArgs::default() }
    }

    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        self.output.check()?;
        let client = context.client(&self.global)?;
        let length = Length::verbose(self.verbose);
        let retrieving = |error| CommandError::request("retrieving deployment", &error);
        let prefix = self.id.as_deref().map(even_prefix).transpose()?;
        let query = Query { prefix, ..Query::default() };
        let mut found = client.deployments().list(query).await.map_err(retrieving)?;
        found.value.sort_by_key(|deployment| std::cmp::Reverse(deployment.create_index));
        let Some(wanted) = &self.id else {
            let text = self.output.render(&found.raw)?;
            context.ui.print(&text.unwrap_or_else(|| show::deployment_list(&found.value, length)));
            return Ok(Exit::OK);
        };
        let id = match found.value.as_slice() {
            [] => {
                let text =
                    format!("Error retrieving deployment: Deployment ID {wanted:?} matched no deployments");
                return Err(CommandError::failed(text));
            }
            [only] => &only.id,
            several => {
                let table = show::deployment_list(several, length);
                let text = format!("Prefix {wanted:?} matched multiple deployments\n\n{table}");
                return Err(CommandError::failed(text));
            }
        };
        if self.monitor {
            monitor_deployment(&client, context, id, length).await?;
            return Ok(Exit::OK);
        }
        let reply = client.deployments().info(id, Query::default()).await.map_err(retrieving)?;
        let text = self.output.render(&reply.raw)?;
        context
            .ui
            .print(&text.unwrap_or_else(|| show::deployment_block(&reply.value, context.clock, length)));
        Ok(Exit::OK)
    }
}
