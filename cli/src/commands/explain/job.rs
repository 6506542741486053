//! `explain job`.

use super::page::NodesArgs;
use crate::commands::job::{find_job, in_namespace};
use crate::context::Context;
use crate::format::OutputArgs;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult};

/// Say where one more allocation of a job would go, and why
///
/// Every node is shown with the terms of its score or with what keeps the allocation off it, as the scheduler sees
/// it now. For a group that finds no node, the smallest changes are named that would let it be placed.
#[derive(clap::Args, Debug)]
pub(crate) struct JobArgs {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    nodes: NodesArgs,

    /// Beginning of the id of a job
    #[arg(value_name = "job")]
    job: String,
}

impl JobArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        self.output.check()?;
        let client = context.client(&self.global)?;
        let job = find_job(&client, context, &self.job).await?;
        let client = in_namespace(&client, &job);
        let asked = client.explain().job(&job.id, self.nodes.query()).await;
        let reply = asked.map_err(|error| CommandError::request("explaining job", &error))?;
        self.nodes.print(&reply, &self.output, context)
    }
}
