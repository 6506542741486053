//! `deployment status`.

use api::Query;

use super::find::find_deployment;
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
        let Some(wanted) = &self.id else {
            let mut found = client.deployments().list(Query::default()).await.map_err(retrieving)?;
            found.value.sort_by_key(|deployment| std::cmp::Reverse(deployment.create_index));
            let text = self.output.render(&found.raw)?;
            context.ui.print(&text.unwrap_or_else(|| show::deployment_list(&found.value, length)));
            return Ok(Exit::OK);
        };
        let id = &find_deployment(&client, wanted, length).await?.id;
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
