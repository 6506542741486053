//! `job eval`.

use super::find::{find_job, in_namespace};
use crate::context::Context;
use crate::follow::Monitor;
use crate::format::Length;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Have the scheduler look at a job again
#[derive(clap::Args, Debug)]
pub(crate) struct EvalArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// Replace failed allocations, whatever their reschedule block says
    #[arg(long)]
    force_reschedule: bool,

    /// Return after the evaluation was made
    #[arg(long)]
    detach: bool,

    /// Show whole ids
    #[arg(long)]
    verbose: bool,

    /// Beginning of the id of a job
    #[arg(value_name = "job")]
    job: String,
}

impl EvalArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let client = context.client(&self.global)?;
        let length = Length::verbose(self.verbose);
        let job = find_job(&client, context, &self.job).await?;
        let client = in_namespace(&client, &job);
        let asked = client.jobs().evaluate(&job.id, self.force_reschedule).await;
        let eval_id = asked.map_err(|error| CommandError::request("evaluating job", &error))?.value.eval_id;
        if self.detach {
            // The space at the end is what scripts have always seen.
            context.ui.print(&format!("Created eval ID: {:?} ", length.id(&eval_id)));
            return Ok(Exit::OK);
        }
        Monitor::new(&client, context, length).follow(&eval_id).await
    }
}
