//! `deployment fail`.

use super::find::find_deployment;
use crate::context::Context;
use crate::follow::Monitor;
use crate::format::Length;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Fail a deployment
///
/// No allocation is replaced any more; with `auto_revert` the job goes back to its last stable version.
#[derive(clap::Args, Debug)]
pub(crate) struct FailArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// Return without following the evaluation
    #[arg(long)]
    detach: bool,

    /// Show whole ids
    #[arg(long)]
    verbose: bool,

    /// Beginning of the id of a deployment
    #[arg(value_name = "deployment id")]
    id: String,
}

impl FailArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let client = context.client(&self.global)?;
        let length = Length::verbose(self.verbose);
        let id = find_deployment(&client, &self.id, length).await?.id;
        let asked = client.deployments().fail(&id).await;
        let changed = asked.map_err(|error| CommandError::request("failing deployment", &error))?.value;
        let reverted = changed
            .reverted_job_version
            .map(|version| format!("\nAuto-reverted to job version {version}."))
            .unwrap_or_default();
        context.ui.print(&format!("Deployment {id:?} failed{reverted}"));
        if self.detach || changed.eval_id.is_empty() {
            return Ok(Exit::OK);
        }
        context.ui.print("");
        Monitor::new(&client, context, length).follow(&changed.eval_id).await
    }
}
