//! `job allocs`.

use api::JobQuery;

use super::find::{find_job, in_namespace};
use crate::commands::show;
use crate::context::Context;
use crate::format::{Length, OutputArgs};
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// List the allocations of a job
#[derive(clap::Args, Debug)]
pub(crate) struct AllocsArgs {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(flatten)]
    output: OutputArgs,

    /// List also allocations of earlier jobs of the same id
    #[arg(long)]
    all: bool,

    /// Show whole ids and more details
    #[arg(long)]
    verbose: bool,

    /// Beginning of the id of a job
    #[arg(value_name = "job")]
    job: String,
}

impl AllocsArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        self.output.check()?;
        let client = context.client(&self.global)?;
        let job = find_job(&client, context, &self.job).await?;
        let of = if self.all { JobQuery::All } else { JobQuery::Current };
        let reply = in_namespace(&client, &job)
            .jobs()
            .allocations(&job.id, of)
            .await
            .map_err(|error| CommandError::request("retrieving allocations", &error))?;
        if let Some(text) = self.output.render(&reply.raw)? {
            context.ui.print(&text);
            return Ok(Exit::OK);
        }
        let mut allocs = reply.value;
        allocs.sort_by_key(|alloc| std::cmp::Reverse(alloc.create_index));
        context.ui.print(&show::alloc_table(&allocs, context.clock, Length::verbose(self.verbose)));
        Ok(Exit::OK)
    }
}
