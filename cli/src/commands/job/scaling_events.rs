//! `job scaling-events`.

use super::find::{find_job, in_namespace};
use crate::commands::show;
use crate::context::Context;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// List what was said about the counts of a job's groups
#[derive(clap::Args, Debug)]
pub(crate) struct ScalingEventsArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// Show also messages, errors and evaluations
    #[arg(long)]
    verbose: bool,

    /// Beginning of the id of a job
    #[arg(value_name = "job")]
    job: String,
}

impl ScalingEventsArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let client = context.client(&self.global)?;
        let job = find_job(&client, context, &self.job).await?;
        let asked = in_namespace(&client, &job).jobs().scale_status(&job.id).await;
        let found = asked.map_err(|error| CommandError::request("listing scaling events", &error))?.value;
        context.ui.print(&show::scaling_events(&found, context.clock, self.verbose));
        Ok(Exit::OK)
    }
}
