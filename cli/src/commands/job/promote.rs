//! `job promote`.

use super::find::{find_job, in_namespace};
use crate::context::Context;
use crate::follow::Monitor;
use crate::format::Length;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Promote the canaries of a job
///
/// The other allocations of the newest deployment are replaced by the new version then.
#[derive(clap::Args, Debug)]
pub(crate) struct PromoteArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// Return without following the evaluation
    #[arg(long)]
    detach: bool,

    /// Promote only the canaries of this group. May be repeated
    #[arg(long = "group", value_name = "group", action = clap::ArgAction::Append)]
    groups: Vec<String>,

    /// Show whole ids
    #[arg(long)]
    verbose: bool,

    /// Beginning of the id of a job
    #[arg(value_name = "job")]
    job: String,
}

impl PromoteArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let client = context.client(&self.global)?;
        let job = find_job(&client, context, &self.job).await?;
        let client = in_namespace(&client, &job);
        let latest = client.jobs().latest_deployment(&job.id).await;
        let latest = latest.map_err(|error| CommandError::request("retrieving deployments", &error))?.value;
        let Some(deployment) = latest else {
            return Err(CommandError::failed(format!("Job {:?} has no deployment to promote", job.id)));
        };
        let asked = client.deployments().promote(&deployment.id, &self.groups).await;
        let doing = format!("promoting deployment {:?} for job {:?}", deployment.id, job.id);
        let eval_id = asked.map_err(|error| CommandError::request(&doing, &error))?.value.eval_id;
        if self.detach || eval_id.is_empty() {
            context.ui.print(&format!("Evaluation ID: {eval_id}"));
            return Ok(Exit::OK);
        }
        Monitor::new(&client, context, Length::verbose(self.verbose)).follow(&eval_id).await
    }
}
