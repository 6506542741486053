//! `job deployments`.

use api::JobQuery;

use super::find::{find_job, in_namespace};
use crate::commands::show;
use crate::context::Context;
use crate::format::{Length, OutputArgs};
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// List the deployments of a job
#[derive(clap::Args, Debug)]
pub(crate) struct DeploymentsArgs {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(flatten)]
    output: OutputArgs,

    /// List also deployments of earlier jobs of the same id
    #[arg(long)]
    all: bool,

    /// Show the newest deployment only
    #[arg(long)]
    latest: bool,

    /// Show whole ids
    #[arg(long)]
    verbose: bool,

    /// Beginning of the id of a job
    #[arg(value_name = "job")]
    job: String,
}

impl DeploymentsArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        self.output.check()?;
        let client = context.client(&self.global)?;
        let length = Length::verbose(self.verbose);
        let job = find_job(&client, context, &self.job).await?;
        let client = in_namespace(&client, &job);
        let failed = |error| CommandError::request("retrieving deployments", &error);
        let (raw, text) = if self.latest {
            let reply = client.jobs().latest_deployment(&job.id).await.map_err(failed)?;
            let block = |one| show::deployment_block(one, context.clock, length);
            (reply.raw, reply.value.as_ref().map_or_else(|| show::deployment_list(&[], length), block))
        } else {
            let of = if self.all { JobQuery::All } else { JobQuery::Current };
            let mut reply = client.jobs().deployments(&job.id, of).await.map_err(failed)?;
            reply.value.sort_by_key(|deployment| std::cmp::Reverse(deployment.create_index));
            (reply.raw, show::deployment_list(&reply.value, length))
        };
        context.ui.print(&self.output.render(&raw)?.unwrap_or(text));
        Ok(Exit::OK)
    }
}
