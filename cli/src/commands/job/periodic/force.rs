//! `job periodic force`.

use crate::commands::job::find::{find_job_where, in_namespace};
use crate::context::Context;
use crate::follow::Monitor;
use crate::format::Length;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Launch a periodic job now
///
/// Its schedule goes on as before.
#[derive(clap::Args, Debug)]
pub(crate) struct ForceArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// Return after the job was launched
    #[arg(long)]
    detach: bool,

    /// Show whole ids
    #[arg(long)]
    verbose: bool,

    /// Beginning of the id of a periodic job
    #[arg(value_name = "job")]
    job: String,
}

impl ForceArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let client = context.client(&self.global)?;
        let periodic = |job: &api::view::JobStub| job.periodic;
        let job = find_job_where(&client, context, &self.job, "periodic", periodic).await?;
        let client = in_namespace(&client, &job);
        let asked = client.jobs().force_launch(&job.id).await;
        let doing = format!("forcing periodic job {:?}", job.id);
        let eval_id = asked.map_err(|error| CommandError::request(&doing, &error))?.value.eval_id;
        if self.detach || eval_id.is_empty() {
            context.ui.print("Force periodic successful");
            if !eval_id.is_empty() {
                context.ui.print(&format!("Evaluation ID: {eval_id}"));
            }
            return Ok(Exit::OK);
        }
        Monitor::new(&client, context, Length::verbose(self.verbose)).follow(&eval_id).await
    }
}
